using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Lhts.Data.Preparing;

/// <summary>
/// The King James Bible as Debian's program <c>bible</c> prints it, one verse a line ("Ge1:1 In the beginning ...").
/// A chapter is a document: its verses, without their numbers, a line each.
/// </summary>
internal sealed partial class BibleSource(string program) : IDocumentSource
{
    private const string AllVerses = "gen1:1-rev22:21";

    public long? NumBytes => null;

    public long NumBytesRead { get; private set; }

    public IEnumerable<SourceDocument> Read(CancellationToken cancellation)
    {
        using var process = Start();
        using var kill = cancellation.Register(process.Kill);
        var chapter = "";
        var text = new StringBuilder();
        for (string? line; (line = process.StandardOutput.ReadLine()) is not null;)
        {
            cancellation.ThrowIfCancellationRequested();
            NumBytesRead += line.Length + 1;
            var verse = Verse().Match(line);
            if (!verse.Success)
            {
                throw new InvalidDataException(
                    $"'{program}' printed '{line}', which is no verse like 'Ge1:1 In the beginning'. Is it the program of Debian's package bible-kjv?");
            }

            if (verse.Groups["chapter"].Value != chapter && text.Length > 0) yield return Take(text);
            chapter = verse.Groups["chapter"].Value;
            text.Append(text.Length > 0 ? "\n" : "").Append(verse.Groups["text"].Value);
        }

        process.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        if (process.ExitCode != 0 || text.Length == 0)
        {
            throw new InvalidDataException(
                $"'{program} -f {AllVerses}' ended with exit code {process.ExitCode} and {NumBytesRead} bytes of text. Run it by hand to see why.");
        }

        yield return Take(text);
    }

    private static SourceDocument Take(StringBuilder text)
    {
        var document = Encoding.UTF8.GetBytes(text.ToString());
        text.Clear();
        return new SourceDocument(document);
    }

    private Process Start()
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, ["-f", AllVerses]) { RedirectStandardOutput = true, StandardOutputEncoding = Encoding.UTF8 })!;
        }
        catch (Win32Exception error)
        {
            throw new FileNotFoundException(
                $"The program '{program}' cannot be run ({error.Message}). Install it with: apt-get install bible-kjv");
        }
    }

    [GeneratedRegex(@"^(?<chapter>[1-3]?[A-Za-z]+[0-9]+):[0-9]+ (?<text>.*)$")]
    private static partial Regex Verse();
}
