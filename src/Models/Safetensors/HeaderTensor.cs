using System.Text.Json;
using static TorchSharp.torch;

namespace Lhts.Models.Safetensors;

/// <summary>One tensor's object in the header: its <c>dtype</c>, <c>shape</c> and <c>data_offsets</c>, each exactly once.</summary>
internal sealed class HeaderTensor(string file, string name)
{
    /// <summary>More dimensions than any model has; libtorch's own operators stop at 64.</summary>
    private const int MaxRank = 32;

    private ScalarType? dtype;
    private List<long>? shape;
    private List<long>? offsets;

    public TensorEntry Parse(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw Error("is not an object with dtype, shape and data_offsets");

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            ParseField(key, ref reader);
        }

        if (dtype is null || shape is null || offsets is null) throw Error("needs dtype, shape and data_offsets; one of them is missing");
        return ToEntry(dtype.Value, shape, offsets);
    }

    private void ParseField(string key, ref Utf8JsonReader reader)
    {
        switch (key)
        {
            case "dtype" when dtype is null:
                dtype = ParseDtype(ref reader);
                break;
            case "shape" when shape is null:
                shape = ParseNumbers(key, MaxRank, ref reader);
                break;
            case "data_offsets" when offsets is null:
                offsets = ParseNumbers(key, 2, ref reader);
                break;
            case "dtype" or "shape" or "data_offsets":
                throw Error($"has '{key}' twice");
            default:
                throw Error($"has an unknown key '{key}'; known ones: dtype, shape, data_offsets");
        }
    }

    private ScalarType ParseDtype(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String) throw Error("has a dtype that is not a string");
        var text = reader.GetString()!;
        if (SafetensorsDtype.TryParse(text, out var parsed)) return parsed;
        throw Error($"has dtype '{text}', which is not supported; supported ones: {SafetensorsDtype.Names}");
    }

    private List<long> ParseNumbers(string key, int maxCount, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw Error($"has a {key} that is not an array");

        List<long> numbers = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (numbers.Count == maxCount) throw Error($"has a {key} of more than {maxCount} numbers");
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var number) || number < 0)
            {
                throw Error($"has a {key} with an entry that is not a whole number from 0 to {long.MaxValue}");
            }

            numbers.Add(number);
        }

        return numbers;
    }

    private TensorEntry ToEntry(ScalarType type, List<long> dimensions, List<long> range)
    {
        if (range.Count != 2 || range[1] < range[0])
        {
            throw Error($"has data_offsets {TensorEntry.FormatShape(range)}; two numbers, begin and end in this order, are needed");
        }

        var elementSize = SafetensorsDtype.SizeOf(type);
        if (range[0] % elementSize != 0)
        {
            throw Error($"begins at byte {range[0]}, which is not a multiple of its element size {elementSize}");
        }

        var length = LengthOf(dimensions, elementSize);
        if (length != range[1] - range[0])
        {
            throw Error(
                $"of type {SafetensorsDtype.NameOf(type)} and shape {TensorEntry.FormatShape(dimensions)} has {range[1] - range[0]} bytes "
                + $"where {length} are needed");
        }

        return new TensorEntry(name, type, dimensions, range[0], length);
    }

    private long LengthOf(List<long> dimensions, int elementSize)
    {
        if (dimensions.Contains(0)) return 0;

        Int128 length = elementSize;
        foreach (var dimension in dimensions)
        {
            length *= dimension; // both factors are below 2^63, so the product fits
            if (length > long.MaxValue) throw Error($"has a shape {TensorEntry.FormatShape(dimensions)} too large for any file");
        }

        return (long)length;
    }

    private InvalidDataException Error(string fault) => new($"'{file}': tensor '{name}' {fault}.");
}
