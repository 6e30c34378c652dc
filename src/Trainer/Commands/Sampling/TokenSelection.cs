using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Lhts.Data.Tokenizers;

namespace Lhts.Trainer.Commands.Sampling;

/// <summary>
/// Tokens that a text of the command line means: <c>english</c>, <c>text:…</c>, <c>regex:…</c>, <c>ids:1,5-9</c> or <c>file:PATH</c>, a file of such lines.
/// </summary>
internal sealed partial class TokenSelection(ITokenizer tokenizer)
{
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(1);

    private static readonly FrozenDictionary<string, Func<TokenSelection, string, IEnumerable<int>>> Kinds =
        new Dictionary<string, Func<TokenSelection, string, IEnumerable<int>>>
        {
            ["text"] = (selection, text) => selection.source.Encode(text),
            ["regex"] = (selection, pattern) => selection.Matching(new Regex(pattern, RegexOptions.CultureInvariant, MostTime)),
            ["ids"] = (selection, list) => list.Split(',').SelectMany(range => selection.IdsOf(range, list)),
            ["file"] = (selection, path) => File.ReadLines(path).Where(line => line.Length > 0).SelectMany(selection.Tokens),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly ITokenizer source = tokenizer;
    private readonly Lazy<string[]> texts = new(() => [.. Enumerable.Range(0, tokenizer.VocabularySize).Select(token => tokenizer.Decode([token]))]);

    /// <summary>The forms, for help texts.</summary>
    public const string Forms = "english, text:TEXT (its tokens), regex:PATTERN (tokens that match it whole), ids:1,5-9 or file:PATH (a file of these)";

    /// <summary>The tokens of all texts.</summary>
    /// <exception cref="InvalidDataException">One is not of these forms, or means no token.</exception>
    public IReadOnlyList<int> Of(IEnumerable<string> specs, string option) => [.. specs.SelectMany(spec => Checked(spec, option)).Distinct().Order()];

    private int[] Checked(string spec, string option)
    {
        int[] tokens;
        try
        {
            tokens = [.. Tokens(spec)];
        }
        catch (ArgumentException error) // a pattern that is none
        {
            throw new InvalidDataException($"{option} is '{spec}': {error.Message}");
        }
        catch (RegexMatchTimeoutException)
        {
            throw new InvalidDataException($"{option} is '{spec}': matching a token takes over {MostTime.TotalSeconds} s. Write a simpler pattern.");
        }

        return tokens.Length > 0 ? tokens : throw new InvalidDataException($"{option} is '{spec}', which matches none of the model's tokens.");
    }

    private IEnumerable<int> Tokens(string spec)
    {
        if (spec == "english") return Matching(English());
        var colon = spec.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && Kinds.TryGetValue(spec[..colon], out var kind)
            ? kind(this, spec[(colon + 1)..])
            : throw new InvalidDataException($"'{spec}' selects no tokens: write {Forms}.");
    }

    private IEnumerable<int> Matching(Regex pattern) => texts.Value.Index()
        .Where(token => token.Item.Length > 0 && pattern.Match(token.Item) is { Success: true } match && match.Length == token.Item.Length)
        .Select(token => token.Index);

    private IEnumerable<int> IdsOf(string range, string list)
    {
        var bounds = range.Split('-');
        if (bounds.Length > 2 || !bounds.All(bound => int.TryParse(bound, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            throw new InvalidDataException($"'ids:{list}' is no list of token ids: write ids:1,5-9.");
        }

        var (first, last) = (int.Parse(bounds[0], CultureInfo.InvariantCulture), int.Parse(bounds[^1], CultureInfo.InvariantCulture));
        return last >= first && last < source.VocabularySize
            ? Enumerable.Range(first, last - first + 1)
            : throw new InvalidDataException($"'ids:{list}' has '{range}'; this model's tokens are 0 to {source.VocabularySize - 1}.");
    }

    /// <summary>Letters, digits, blanks and marks of ASCII: no other script, and no piece of a character.</summary>
    [GeneratedRegex(@"[\t\n\r -~]+")]
    private static partial Regex English();
}
