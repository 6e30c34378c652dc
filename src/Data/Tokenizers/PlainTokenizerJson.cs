using Lhts.Basics;
using System.Text.Encodings.Web;
using System.Text.Json;
using Lhts.Data.Tokenizers.BytePair;

namespace Lhts.Data.Tokenizers;

/// <summary>
/// tokenizer.json of tokenizers that merge nothing, in Hugging Face's form: byte-pair encoding without merges, of the characters of an alphabet or of bytes.
/// Its library gives the ids that ours gives, except that it passes over characters outside the alphabet and knows end-of-text by its text.
/// </summary>
internal static class PlainTokenizerJson
{
    /// <summary>How the files call end-of-text.</summary>
    private const string EndOfText = "<|endoftext|>";

    // Not sent to browsers: characters may stand as they are.
    private static readonly JsonWriterOptions Format = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the file of a tokenizer of bytes, whose ids are the bytes.</summary>
    public static void WriteBytes(string folder) =>
        Write(folder, [.. Enumerable.Range(0, ByteAlphabet.NumBytes).Select(value => ByteAlphabet.Write([(byte)value]))], isOfBytes: true);

    /// <summary>Writes the file of a tokenizer of characters.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="alphabet">The characters in the order of their ids.</param>
    public static void WriteCharacters(string folder, IReadOnlyList<string> alphabet) => Write(folder, alphabet, isOfBytes: false);

    /// <summary>The tokenizer of a file of this kind; null where the file is of another, such as one with merges.</summary>
    public static ITokenizer? Read(JsonElement root)
    {
        if (!IsWithoutMerges(root.GetProperty("model"), out var vocabulary) || !HasOnlyEndOfText(root)) return null;
        var tokens = vocabulary.EnumerateObject().Where(entry => entry.Name != EndOfText).ToDictionary(entry => entry.Value.GetInt32(), entry => entry.Name);
        if (!Enumerable.Range(0, tokens.Count).All(tokens.ContainsKey)) return null;
        string[] inOrder = [.. Enumerable.Range(0, tokens.Count).Select(id => tokens[id])];
        if (TypeOf(root, "pre_tokenizer") == "ByteLevel")
        {
            var isOfBytes = inOrder.Length == ByteAlphabet.NumBytes && inOrder.Index().All(token => token.Item == ByteAlphabet.Write([(byte)token.Index]));
            return isOfBytes ? new ByteTokenizer() : null;
        }

        if (TypeOf(root, "pre_tokenizer") is not null || TypeOf(root, "decoder") != "Fuse" || inOrder.Length == 0) return null;
        var tokenizer = new CharacterTokenizer(string.Concat(inOrder));
        return tokenizer.Alphabet == string.Concat(inOrder) && tokenizer.EndOfText == inOrder.Length ? tokenizer : null;
    }

    private static bool IsWithoutMerges(JsonElement model, out JsonElement vocabulary)
    {
        vocabulary = default;
        return model.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.GetString() == "BPE"
            && model.TryGetProperty("merges", out var merges) && merges.ValueKind == JsonValueKind.Array && merges.GetArrayLength() == 0
            && model.TryGetProperty("vocab", out vocabulary) && vocabulary.ValueKind == JsonValueKind.Object
            && vocabulary.EnumerateObject().All(entry => entry.Value.ValueKind == JsonValueKind.Number && entry.Value.TryGetInt32(out _));
    }

    private static bool HasOnlyEndOfText(JsonElement root) =>
        root.TryGetProperty("added_tokens", out var added) && added.ValueKind == JsonValueKind.Array && added.GetArrayLength() == 1
        && added[0].ValueKind == JsonValueKind.Object && added[0].TryGetProperty("content", out var content) && content.ToString() == EndOfText;

    private static string? TypeOf(JsonElement root, string part) =>
        root.TryGetProperty(part, out var found) && found.ValueKind == JsonValueKind.Object && found.TryGetProperty("type", out var type)
            ? type.ToString()
            : null;

    private static void Write(string folder, IReadOnlyList<string> tokens, bool isOfBytes)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Format))
        {
            json.WriteStartObject();
            json.WriteString("version", "1.0");
            json.WriteNull("truncation");
            json.WriteNull("padding");
            WriteEndOfText(json, tokens.Count);
            json.WriteNull("normalizer");
            WritePart(json, "pre_tokenizer", isOfBytes ? "ByteLevel" : null);
            json.WriteNull("post_processor");
            WritePart(json, "decoder", isOfBytes ? "ByteLevel" : "Fuse");
            WriteModel(json, tokens);
            json.WriteEndObject();
        }

        AtomicFile.WriteAllBytes(Path.Combine(folder, TokenizerLoader.FileName), buffer.ToArray());
    }

    private static void WriteEndOfText(Utf8JsonWriter json, int id)
    {
        json.WriteStartArray("added_tokens");
        json.WriteStartObject();
        json.WriteNumber("id", id);
        json.WriteString("content", EndOfText);
        foreach (var flag in new[] { "single_word", "lstrip", "rstrip", "normalized" }) json.WriteBoolean(flag, false);
        json.WriteBoolean("special", true);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WritePart(Utf8JsonWriter json, string name, string? type)
    {
        if (type is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        json.WriteString("type", type);
        if (type == "ByteLevel")
        {
            json.WriteBoolean("add_prefix_space", false);
            json.WriteBoolean("trim_offsets", true);
            json.WriteBoolean("use_regex", false); // a byte is a byte wherever words end
        }

        json.WriteEndObject();
    }

    private static void WriteModel(Utf8JsonWriter json, IReadOnlyList<string> tokens)
    {
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        json.WriteNull("dropout");
        json.WriteNull("unk_token");
        json.WriteNull("continuing_subword_prefix");
        json.WriteNull("end_of_word_suffix");
        json.WriteBoolean("fuse_unk", false);
        json.WriteBoolean("byte_fallback", false);
        json.WriteStartObject("vocab");
        for (var id = 0; id < tokens.Count; id++) json.WriteNumber(tokens[id], id);
        json.WriteNumber(EndOfText, tokens.Count);
        json.WriteEndObject();
        json.WriteStartArray("merges");
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
