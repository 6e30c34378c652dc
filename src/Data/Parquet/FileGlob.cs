using System.Text;
using System.Text.RegularExpressions;

namespace Lhts.Data.Parquet;

/// <summary>Finds the files of a path that is a file, a folder or a glob, in ordinal order of their relative names.</summary>
internal static class FileGlob
{
    private static readonly char[] Wildcards = ['*', '?', '[', '{'];

    /// <summary>The root of the data set and its files' names relative to it, with /.</summary>
    /// <exception cref="FileNotFoundException">Nothing is there.</exception>
    public static (string Root, IReadOnlyList<string> Names) Find(string path)
    {
        if (File.Exists(path)) return (Path.GetDirectoryName(Path.GetFullPath(path))!, [Path.GetFileName(path)]);
        if (Directory.Exists(path)) return (path, NamesBelow(path, name => name.EndsWith(".parquet", StringComparison.Ordinal), path));
        var wildcard = path.IndexOfAny(Wildcards);
        if (wildcard < 0)
        {
            throw new FileNotFoundException(
                $"There is no file or folder '{path}'. Give an existing path, or make the data with 'lhts data prepare'.");
        }

        var slash = path.LastIndexOf('/', wildcard);
        var root = slash < 0 ? "." : slash == 0 ? "/" : path[..slash];
        if (!Directory.Exists(root)) throw new FileNotFoundException($"The folder '{root}' of the glob '{path}' does not exist.");
        var pattern = ToRegex(path[(slash + 1)..]);
        return (root, NamesBelow(root, pattern.IsMatch, path));
    }

    /// <summary>A path as a glob of DuckDB that matches only itself.</summary>
    public static string Escape(string path) =>
        Regex.Replace(path, @"[\[*?]", found => $"[{found.Value}]");

    private static List<string> NamesBelow(string root, Func<string, bool> matches, string path)
    {
        var names = Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(root, file).Replace('\\', '/'))
            .Where(name => !IsHidden(name) && matches(name))
            .Order(StringComparer.Ordinal)
            .ToList();
        if (names.Count > 0) return names;
        throw new FileNotFoundException(
            $"No Parquet file matches '{path}'. Give a file, a folder with *.parquet files, or a glob that matches some.");
    }

    /// <summary>Writers leave unfinished and bookkeeping files under such names: .part-0.crc, _SUCCESS, _temporary/.</summary>
    public static bool IsHidden(string name) => name.Split('/').Any(part => part.StartsWith('.') || part.StartsWith('_'));

    private static Regex ToRegex(string glob)
    {
        var regex = new StringBuilder("^");
        for (var i = 0; i < glob.Length; i++)
        {
            var rest = glob.AsSpan(i);
            if (rest.StartsWith("**/")) (_, i) = (regex.Append("(?:.*/)?"), i + 2);
            else if (rest.StartsWith("**")) (_, i) = (regex.Append(".*"), i + 1);
            else if (glob[i] == '*') regex.Append("[^/]*");
            else if (glob[i] == '?') regex.Append("[^/]");
            else if (glob[i] == '[' && rest.IndexOf(']') is var end and > 1) (_, i) = (regex.Append(Class(rest[1..end])), i + end);
            else if (glob[i] == '{' && rest.IndexOf('}') is var close and > 0) (_, i) = (regex.Append(Choice(rest[1..close])), i + close);
            else regex.Append(Regex.Escape(glob[i].ToString()));
        }

        return new Regex(regex.Append('$').ToString(), RegexOptions.CultureInvariant);
    }

    private static string Class(ReadOnlySpan<char> members) =>
        $"[{members.ToString().Replace("\\", "\\\\", StringComparison.Ordinal).Replace("[", "\\[", StringComparison.Ordinal).Replace('!', '^')}]";

    private static string Choice(ReadOnlySpan<char> choices) =>
        $"(?:{string.Join('|', choices.ToString().Split(',').Select(choice => Regex.Escape(choice).Replace("\\*", "[^/]*", StringComparison.Ordinal)))})";
}
