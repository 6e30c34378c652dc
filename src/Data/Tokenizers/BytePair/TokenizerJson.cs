using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Lhts.Basics;

namespace Lhts.Data.Tokenizers.BytePair;

/// <summary>Hugging Face's tokenizer.json for byte-level BPE: what we write, and what we read of what others write.</summary>
internal static class TokenizerJson
{
    // Not sent to browsers: characters may stand as they are.
    private static readonly JsonWriterOptions Format = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <exception cref="InvalidDataException">The file is damaged, or uses something that would encode differently here.</exception>
    public static BytePairTokenizer Read(JsonElement root, string path)
    {
        try
        {
            RequireSupported(root);
            var model = root.GetProperty("model");
            var added = AddedTokensOf(root);
            var names = model.GetProperty("vocab").EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetInt32(), StringComparer.Ordinal);
            foreach (var (token, name) in added) names[name] = token.Id;
            var merges = model.GetProperty("merges").EnumerateArray().Select(MergeOf);
            return new BytePairTokenizer(VocabularyBuilder.Build(names, merges, added.Select(item => item.Token)));
        }
        catch (Exception error) when (error is InvalidDataException or KeyNotFoundException or InvalidOperationException or FormatException
            or ArgumentException)
        {
            throw new InvalidDataException($"The tokenizer '{path}' cannot be used: {error.Message}");
        }
    }

    public static void Write(BytePairVocabulary vocabulary, string folder)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Format))
        {
            json.WriteStartObject();
            json.WriteString("version", "1.0");
            json.WriteNull("truncation");
            json.WriteNull("padding");
            WriteAddedTokens(json, vocabulary);
            json.WriteNull("normalizer");
            foreach (var part in new[] { "pre_tokenizer", "post_processor", "decoder" }) WriteByteLevel(json, part);
            WriteModel(json, vocabulary);
            json.WriteEndObject();
        }

        AtomicFile.WriteAllBytes(Path.Combine(folder, TokenizerLoader.FileName), buffer.ToArray());
    }

    private static void RequireSupported(JsonElement root)
    {
        var model = root.GetProperty("model");
        Require(Text(model, "type") is null or "BPE", $"its model is {Text(model, "type")}; only BPE is supported.");
        Require(!IsSet(root, "normalizer"), "it has a normalizer, which is not supported.");
        Require(!IsSet(model, "dropout"), "its model has dropout, which is not supported.");
        foreach (var name in new[] { "continuing_subword_prefix", "end_of_word_suffix" })
        {
            Require(Text(model, name) is null or "", $"its model has the {name} '{Text(model, name)}', which is not supported.");
        }

        foreach (var name in new[] { "byte_fallback", "ignore_merges" })
        {
            Require(!IsTrue(model, name), $"its model sets {name}, which is not supported.");
        }

        Require(
            IsSet(root, "pre_tokenizer") && Text(root.GetProperty("pre_tokenizer"), "type") == "ByteLevel",
            "its pre_tokenizer is not ByteLevel, the only one that is supported.");
        var cutter = root.GetProperty("pre_tokenizer");
        Require(!IsTrue(cutter, "add_prefix_space"), "its pre_tokenizer adds a space in front, which is not supported.");
        var usesPattern = !cutter.TryGetProperty("use_regex", out var regex) || regex.ValueKind != JsonValueKind.False;
        Require(usesPattern, "its pre_tokenizer does not use GPT-2's pattern, which is not supported.");
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition) throw new InvalidDataException(otherwise);
    }

    private static List<(AddedToken Token, string Name)> AddedTokensOf(JsonElement root)
    {
        var tokens = new List<(AddedToken, string)>();
        if (!IsSet(root, "added_tokens")) return tokens;
        foreach (var token in root.GetProperty("added_tokens").EnumerateArray())
        {
            var name = token.GetProperty("content").GetString()!;
            foreach (var flag in new[] { "lstrip", "rstrip", "single_word" })
            {
                if (IsTrue(token, flag)) throw new InvalidDataException($"its token '{name}' sets {flag}, which is not supported.");
            }

            tokens.Add((new AddedToken(token.GetProperty("id").GetInt32(), IsTrue(token, "special")), name));
        }

        return tokens;
    }

    private static (string Left, string Right) MergeOf(JsonElement merge)
    {
        var parts = merge.ValueKind == JsonValueKind.Array
            ? merge.EnumerateArray().Select(part => part.GetString()!).ToArray()
            : merge.GetString()!.Split(' ');
        return parts.Length == 2 ? (parts[0], parts[1]) : throw new InvalidDataException($"the merge {merge} is not a pair.");
    }

    private static void WriteAddedTokens(Utf8JsonWriter json, BytePairVocabulary vocabulary)
    {
        json.WriteStartArray("added_tokens");
        foreach (var token in vocabulary.Added)
        {
            json.WriteStartObject();
            json.WriteNumber("id", token.Id);
            json.WriteString("content", Encoding.UTF8.GetString(vocabulary.Tokens[token.Id]));
            foreach (var flag in new[] { "single_word", "lstrip", "rstrip", "normalized" }) json.WriteBoolean(flag, false);
            json.WriteBoolean("special", token.IsSpecial);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteByteLevel(Utf8JsonWriter json, string name)
    {
        json.WriteStartObject(name);
        json.WriteString("type", "ByteLevel");
        json.WriteBoolean("add_prefix_space", false);
        json.WriteBoolean("trim_offsets", true);
        json.WriteBoolean("use_regex", true);
        json.WriteEndObject();
    }

    private static void WriteModel(Utf8JsonWriter json, BytePairVocabulary vocabulary)
    {
        var added = vocabulary.Added.Select(token => token.Id).ToHashSet();
        string Name(int id) => added.Contains(id) ? Encoding.UTF8.GetString(vocabulary.Tokens[id]) : ByteAlphabet.Write(vocabulary.Tokens[id]);
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        json.WriteNull("dropout");
        json.WriteNull("unk_token");
        json.WriteString("continuing_subword_prefix", "");
        json.WriteString("end_of_word_suffix", "");
        json.WriteBoolean("fuse_unk", false);
        json.WriteBoolean("byte_fallback", false);
        json.WriteStartObject("vocab");
        for (var id = 0; id < vocabulary.Tokens.Count; id++) json.WriteNumber(Name(id), id);
        json.WriteEndObject();
        json.WriteStartArray("merges");
        foreach (var merge in vocabulary.Merges) json.WriteStringValue($"{Name(merge.Left)} {Name(merge.Right)}");
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static bool IsSet(JsonElement parent, string name) => parent.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    private static bool IsTrue(JsonElement parent, string name) => parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
