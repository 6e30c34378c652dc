using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives.Tests.Reference;

/// <summary>Reads a small safetensors file whole.</summary>
internal sealed class SafetensorsFile
{
    private readonly byte[] bytes;
    private readonly int dataStart;
    private readonly JsonElement header;

    public SafetensorsFile(string path)
    {
        bytes = File.ReadAllBytes(path);
        var headerLength = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        dataStart = 8 + headerLength;
        header = JsonDocument.Parse(bytes.AsMemory(8, headerLength)).RootElement;
    }

    public Tensor this[string name]
    {
        get
        {
            var entry = header.GetProperty(name);
            var shape = entry.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()).ToArray();
            var offsets = entry.GetProperty("data_offsets");
            var data = bytes.AsSpan(dataStart + offsets[0].GetInt32(), offsets[1].GetInt32() - offsets[0].GetInt32());
            return entry.GetProperty("dtype").GetString() switch
            {
                "I64" => tensor(MemoryMarshal.Cast<byte, long>(data).ToArray()).reshape(shape),
                "F64" => tensor(MemoryMarshal.Cast<byte, double>(data).ToArray()).reshape(shape),
                _ => tensor(MemoryMarshal.Cast<byte, float>(data).ToArray()).reshape(shape),
            };
        }
    }
}
