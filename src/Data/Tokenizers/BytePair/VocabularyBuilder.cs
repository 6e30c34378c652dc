using System.Text;

namespace Lhts.Data.Tokenizers.BytePair;

/// <summary>Makes a vocabulary of the names in a tokenizer's files.</summary>
internal static class VocabularyBuilder
{
    // What the published byte-level vocabularies call it; GPT-2's name first.
    private static readonly string[] EndOfTextNames = ["<|endoftext|>", "<|end_of_text|>", "</s>", "<eos>"];

    /// <param name="names">Id of each name.</param>
    /// <param name="merges">Names of each pair, in the order of ranks.</param>
    /// <param name="added">Tokens whose name is their text.</param>
    /// <exception cref="InvalidDataException">They do not fit each other; the message begins in lower case.</exception>
    public static BytePairVocabulary Build(Dictionary<string, int> names, IEnumerable<(string Left, string Right)> merges, IEnumerable<AddedToken> added)
    {
        var endOfText = EndOfTextNames.FirstOrDefault(names.ContainsKey)
            ?? throw new InvalidDataException(
                $"none of {string.Join(", ", EndOfTextNames)} is among its tokens. Add one as a special token: it ends documents.");
        var special = new AddedToken(names[endOfText], IsSpecial: true);
        AddedToken[] all = [.. added.Where(token => token.Id != special.Id).Append(special).DistinctBy(token => token.Id).OrderBy(token => token.Id)];
        var tokens = Tokens(names, all.Select(token => token.Id).ToHashSet());
        var ordered = merges.Select((merge, rank) => Merge(names, merge.Left, merge.Right, rank)).ToList();
        return new BytePairVocabulary(tokens, ordered, all, special.Id);
    }

    private static byte[][] Tokens(Dictionary<string, int> names, HashSet<int> added)
    {
        var tokens = new byte[names.Count][];
        foreach (var (name, id) in names)
        {
            if (id < 0 || id >= tokens.Length)
            {
                throw new InvalidDataException(
                    $"the token '{name}' has the id {id}; the ids of {tokens.Length} tokens must be 0 to {tokens.Length - 1}.");
            }

            if (tokens[id] is not null) throw new InvalidDataException($"the id {id} is used twice.");
            if (added.Contains(id)) tokens[id] = Encoding.UTF8.GetBytes(name);
            else if (ByteAlphabet.TryRead(name, out var bytes) && bytes.Length > 0) tokens[id] = bytes;
            else throw new InvalidDataException($"the token '{name}' is not written in the byte alphabet of GPT-2 and is not an added one.");
        }

        return tokens;
    }

    private static Merge Merge(Dictionary<string, int> names, string left, string right, int rank)
    {
        int Id(string name) => names.TryGetValue(name, out var id)
            ? id
            : throw new InvalidDataException($"merge {rank}, '{left} {right}', needs the token '{name}', which is not in the vocabulary.");
        return new Merge(Id(left), Id(right), Id(left + right));
    }
}
