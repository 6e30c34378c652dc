using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using Lhts.Basics;

namespace Lhts.Models.Gpt;

/// <summary>Reads and writes <c>config.json</c>.</summary>
public static class Gpt2ConfigFile
{
    /// <summary>The file's name in a model folder.</summary>
    public const string Name = "config.json";

    /// <summary>Larger than any configuration; a bound on what is read into memory.</summary>
    private const long MaxLength = 1 << 20;

    private static readonly JsonSerializerOptions Options = new()
    {
        AllowDuplicateProperties = false,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 32,
        WriteIndented = true,
        NewLine = "\n",
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    };

    /// <summary>Reads a configuration and checks it.</summary>
    /// <exception cref="InvalidDataException">Not a GPT-2 configuration; every fault is named.</exception>
    /// <exception cref="IOException">The file does not exist or cannot be read.</exception>
    public static Gpt2Config Read(string path)
    {
        var length = new FileInfo(path).Length;
        if (length > MaxLength)
        {
            throw new InvalidDataException($"'{path}': {length} bytes are too many for a configuration, which has at most {MaxLength}.");
        }
        return Parse(path, File.ReadAllBytes(path));
    }

    /// <summary>Parses and checks a configuration.</summary>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="json">UTF-8.</param>
    /// <exception cref="InvalidDataException">Not a GPT-2 configuration; every fault is named.</exception>
    public static Gpt2Config Parse(string file, ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json)) throw new InvalidDataException($"'{file}': not a GPT-2 configuration: it is not valid UTF-8.");
        try
        {
            var config = JsonSerializer.Deserialize<Gpt2Config>(json, Options)
                ?? throw new InvalidDataException($"'{file}': holds null where a GPT-2 configuration is needed.");
            Gpt2ConfigCheck.Check(file, config);
            _ = JsonSerializer.SerializeToUtf8Bytes(config, Options); // what cannot be written must not fail at the first checkpoint
            return config;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second is what an escape that is not valid UTF-16 ends in.
            throw new InvalidDataException($"'{file}': not a GPT-2 configuration: {exception.Message}", exception);
        }
    }

    /// <summary>Writes a configuration, atomically, with the two keys by which transformers knows the model's class.</summary>
    public static void Write(string path, Gpt2Config config)
    {
        var json = JsonSerializer.SerializeToNode(config, Options)!.AsObject();
        json.TryAdd("model_type", "gpt2");
        json.TryAdd("architectures", new JsonArray("GPT2LMHeadModel"));
        AtomicFile.Write(path, stream =>
        {
            JsonSerializer.Serialize(stream, json, Options);
            stream.WriteByte((byte)'\n');
        });
    }
}
