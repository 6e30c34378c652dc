using System.IO.Compression;
using System.Text.RegularExpressions;
using Lhts.Testing;

namespace Lhts.Torch.Tests.Api;

/// <summary>One type of TorchSharp: its heading without base types, those base types, and its members, one line each.</summary>
internal sealed record ListedType(string Heading, IReadOnlyList<string> Bases, IReadOnlyList<string> Members);

/// <summary>
/// The public and protected members of TorchSharp 0.107, one line each under a heading for each type. A type's key is its name
/// with the number of type parameters, such as <c>torch.nn.Module`2</c>.
/// </summary>
internal sealed partial class ApiList
{
    private readonly Dictionary<string, ListedType> types = [];

    private ApiList(IEnumerable<string> lines)
    {
        ListedType? current = null;
        foreach (var line in lines)
        {
            if (line.StartsWith("### ", StringComparison.Ordinal))
            {
                current = ParseHeading(line[4..], out var key);
                types.Add(key, current);
            }
            else
            {
                ((List<string>)current!.Members).Add(line.Trim());
            }
        }
    }

    /// <summary>The list that lies beside the tests.</summary>
    public static ApiList Load()
    {
        using var file = File.OpenRead(Repository.PathOf("tests", "Torch", "Data", "torchsharp-api.txt.gz"));
        using var reader = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
        return new ApiList(reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    public bool Contains(string key) => types.ContainsKey(key);

    public ListedType Find(string key) => types[key];

    /// <summary>The members of a type and of the types it derives from, without the words that do not change a caller.</summary>
    public IEnumerable<string> MembersOf(string key)
    {
        if (!types.TryGetValue(key, out var type)) return [];
        return type.Members.Select(Normalise).Concat(type.Bases.SelectMany(MembersOf));
    }

    /// <summary>The keys of the types that a type derives from or implements, and of theirs.</summary>
    public IEnumerable<string> BasesOf(string key) =>
        types.TryGetValue(key, out var type) ? type.Bases.SelectMany(other => BasesOf(other).Prepend(other)) : [];

    /// <summary>Drops the words and notes that make no difference to a caller.</summary>
    public static string Normalise(string member) => Spaces().Replace(Unimportant().Replace(member, ""), " ").Trim();

    private static ListedType ParseHeading(string heading, out string key)
    {
        var split = heading.IndexOf(" : ", StringComparison.Ordinal);
        var own = split < 0 ? heading : heading[..split];
        var bases = split < 0 ? [] : SplitAtTop(heading[(split + 3)..]).Select(KeyOf).ToArray();
        key = KeyOf(own[(own.LastIndexOf(' ', own.Contains('<') ? own.IndexOf('<') : own.Length - 1) + 1)..]);
        return new ListedType(own, bases, new List<string>());
    }

    /// <summary><c>A&lt;B, C&gt;</c> becomes <c>A`2</c>.</summary>
    private static string KeyOf(string name)
    {
        var open = name.IndexOf('<');
        if (open < 0) return name;
        var close = name.LastIndexOf('>');
        return $"{name[..open]}`{SplitAtTop(name[(open + 1)..close]).Count}{name[(close + 1)..]}";
    }

    /// <summary>Splits at the commas that lie in no bracket.</summary>
    private static List<string> SplitAtTop(string text)
    {
        var parts = new List<string>();
        var (depth, start) = (0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '<' or '(' or '[') depth++;
            if (text[i] is '>' or ')' or ']') depth--;
            if (text[i] != ',' || depth > 0) continue;
            parts.Add(text[start..i].Trim());
            start = i + 1;
        }

        parts.Add(text[start..].Trim());
        return parts;
    }

    [GeneratedRegex(@"\b(virtual|override|abstract|sealed|readonly) ")]
    private static partial Regex Unimportant();

    [GeneratedRegex(" {2,}")]
    private static partial Regex Spaces();
}
