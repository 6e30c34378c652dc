using System.Text.Json;
using System.Text.RegularExpressions;

namespace Lhts.Telemetry.Report;

/// <summary>What a report shows of one run.</summary>
/// <param name="Name">The name of its folder.</param>
/// <param name="Recipe">The recipe as YAML, or empty.</param>
/// <param name="Stages">The figures of each stage.</param>
/// <param name="Evaluations">What the evaluations during the training found.</param>
/// <param name="Table">The evaluation's table as JSON, or null.</param>
/// <param name="Samples">Sample texts with their headings.</param>
/// <param name="Teacher">What tells its teacher from others; empty where the run was not evaluated.</param>
internal sealed partial record RunFiles(
    string Name,
    string Recipe,
    IReadOnlyList<StageCurves> Stages,
    IReadOnlyList<SampleCurve> Evaluations,
    JsonElement? Table,
    IReadOnlyList<SampleText> Samples,
    string Teacher)
{
    /// <summary>The rows of the table.</summary>
    public TableRows Rows { get; } = TableRows.Read(Table);

    /// <summary>The methods of its task; empty where it was asked none.</summary>
    public IReadOnlyList<TaskMethodRow> Task { get; init; } = [];

    /// <summary>Settings that were changed on the way.</summary>
    public IReadOnlyList<ChangedSetting> Changes { get; init; } = [];

    private static readonly string[] Signs = ["recipe.yaml", MetricsFile.FileName, "evaluation/table.json"];

    /// <summary>
    /// Reads a run folder: recipe.yaml, metrics.jsonl, figures.json and changes.jsonl of each stage, evaluation/table.json and evaluation/samples.txt, as far
    /// as they are there.
    /// </summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">It holds no run.</exception>
    public static RunFiles Read(string folder)
    {
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"The run folder '{folder}' is not there.");
        if (!Signs.Any(file => File.Exists(Path.Combine(folder, file))))
        {
            throw new InvalidDataException(
                $"The folder '{folder}' holds no run: none of {string.Join(", ", Signs)} is there. Give the folder that 'lhts train' wrote.");
        }

        var metrics = Path.Combine(folder, MetricsFile.FileName);
        return new RunFiles(
            Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))),
            ReadText(folder, "recipe.yaml"),
            File.Exists(metrics) ? StageCurves.Read(metrics, stage => FiguresFile.Read(Path.Combine(folder, stage, FiguresFile.FileName))) : [],
            File.Exists(metrics) ? SampleCurve.Read(metrics) : [],
            ParseTable(ReadText(folder, "evaluation", "table.json")),
            SampleText.Parse(ReadText(folder, "evaluation", "samples.txt")),
            TeacherLine().Match(ReadText(folder, "evaluation", "settings.yaml")).Groups[1].Value)
        {
            Task = TaskRows.Read(ParseTable(ReadText(folder, "evaluation", "task.json"))),
            Changes = ChangedSetting.Read(folder),
        };
    }

    /// <summary>Of the settings that the evaluation was made with.</summary>
    [GeneratedRegex(@"^teacher: *(\S+)", RegexOptions.Multiline)]
    private static partial Regex TeacherLine();

    private static string ReadText(params string[] parts)
    {
        var path = Path.Combine(parts);
        return File.Exists(path) ? File.ReadAllText(path) : "";
    }

    /// <summary>A table that cannot be read is left out, as one that is not there.</summary>
    private static JsonElement? ParseTable(string json)
    {
        try
        {
            return json.Length == 0 ? null : JsonElement.Parse(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A sample.</summary>
/// <param name="Heading">Model and temperature.</param>
/// <param name="Text">What it wrote.</param>
internal sealed record SampleText(string Heading, string Text)
{
    /// <summary>Reads samples: a line that ends in a colon, and after it the text, indented by two blanks.</summary>
    public static IReadOnlyList<SampleText> Parse(string file)
    {
        var samples = new List<SampleText>();
        foreach (var line in file.Split('\n'))
        {
            if (line.StartsWith("  ", StringComparison.Ordinal) && samples.Count > 0)
            {
                var before = samples[^1].Text;
                samples[^1] = samples[^1] with { Text = before.Length == 0 ? line[2..] : before + "\n" + line[2..] };
            }
            else if (line.EndsWith(':'))
            {
                samples.Add(new SampleText(line[..^1], ""));
            }
        }

        return samples;
    }
}
