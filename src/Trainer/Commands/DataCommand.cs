using System.CommandLine;
using Lhts.Data.Inspecting;
using Lhts.Data.Parquet;
using Lhts.Data.Preparing;
using Lhts.Data.Tokenizers;
using Lhts.Telemetry.Progress;
using Lhts.Trainer.Stages;

namespace Lhts.Trainer.Commands;

/// <summary><c>lhts data …</c>.</summary>
internal static class DataCommand
{
    public static Command Build() => new("data", "Work with data sets.") { BuildPrepare(), BuildInspect(), DataScoreCommand.Build() };

    private static Command BuildInspect()
    {
        var data = new Argument<string>("data") { Description = "Parquet files with a text column: a file, a folder or a glob." };
        var tokenizer = new Option<string?>("--tokenizer") { Description = "A folder with a tokenizer, for statistics of tokens. Default: none." };
        var column = new Option<string>("--text-column") { Description = "The column with the text. Default text.", DefaultValueFactory = _ => "text" };
        var samples =
            new Option<int>("--samples", "-n") { Description = "Documents to show. Default 3.", DefaultValueFactory = _ => 3 }.Within(0, OptionBounds.Many);
        var seed = new Option<long>("--seed") { Description = "Another seed shows other documents. Default 0.", DefaultValueFactory = _ => 0 };
        var command = new Command(
            "inspect", "Rows, row groups, lengths with a histogram, and sample documents of a data set.") { data, tokenizer, column, samples, seed };
        command.SetAction((arguments, stop) => Task.Run(
            () =>
            {
                using var set =
                    DataSet.Open(new DataOptions { Path = arguments.GetRequiredValue(data), TextColumn = arguments.GetRequiredValue(column) }, stop);
                var tokens = arguments.GetValue(tokenizer) is { } folder ? TokenizerLoader.Load(folder) : null;
                var options = new InspectOptions { NumSamples = arguments.GetValue(samples), Seed = (ulong)arguments.GetValue(seed) };
                DataReport report;
                using (var progress = ProgressReporters.ForErrors(TimeProvider.System).Begin("reading", set.NumDocuments, "documents"))
                {
                    report = DataInspector.Inspect(set, tokens, options, new SynchronousProgress<long>(done => progress.Report(done)), stop);
                }

                report.Write(Console.Out);
                return ExitCode.Done;
            },
            CancellationToken.None));
        return command;
    }

    private static Command BuildPrepare()
    {
        var source = new Argument<string>("source")
        {
            Description =
                $"A text file, a JSON Lines file (.jsonl), a folder of them, '{DataStage.KingJames}' for the Bible of Debian's package bible-kjv, or "
                + $"'{DataStage.ArithmeticChains}' and '{DataStage.Countdown}' for the tasks of docs/reasoning.md.",
        };
        var output = new Option<string>("--output", "-o") { Description = "The folder to make.", Required = true };
        var include = new Option<string[]>("--include")
        {
            Description = "Of a folder: further files to take as text, by name, as '*.md'; may stand several times. Default: .txt, .jsonl and .ndjson only.",
            DefaultValueFactory = _ => [],
        };
        var layout = EnumOption.Build("--layout", "Where documents of plain text end", TextLayout.BlankLine);
        var field = new Option<string>(
            "--text-field") { Description = "The member of a JSON line that holds the text. Default text.", DefaultValueFactory = _ => "text" };
        var promptField = new Option<string?>(
            "--prompt-field") { Description = "The member of a JSON line that holds the prompt, written to the column prompt. Default: none." };
        var column = new Option<string>("--text-column") { Description = "The column to write. Default text.", DefaultValueFactory = _ => "text" };
        var rows = new Option<int>(
            "--row-group-rows") { Description = "Most documents of a row group, 1 to 2048. Default 1024.", DefaultValueFactory = _ => 1024 }.Within(1, 2048);
        var rowBytes = new Option<int>("--row-bytes")
        {
            Description = "Most bytes of a row; a longer document becomes several, cut between words. Default 65536.", DefaultValueFactory = _ => 64 << 10,
        }.Within(1, 1 << 28);
        var command = new Command("prepare", "Turn text into Parquet shards with a text column: complete or not there at all.") 
        {
            source, output, include, layout, field, promptField, column, rows, rowBytes,
        };
        command.SetAction((arguments, cancellation) => Task.Run(
            () =>
            {
                var given = arguments.GetRequiredValue(source);
                var options = new PrepareOptions
                {
                    Source = DataStage.IsFile(given) ? given : null,
                    Task = DataStage.TaskOf(given),
                    Output = arguments.GetRequiredValue(output),
                    Include = arguments.GetRequiredValue(include),
                    Layout = arguments.GetValue(layout),
                    TextField = arguments.GetRequiredValue(field),
                    PromptField = arguments.GetValue(promptField),
                    TextColumn = arguments.GetRequiredValue(column),
                    RowGroupRows = arguments.GetValue(rows),
                    MaxRowBytes = arguments.GetValue(rowBytes),
                };
                var made = DataStage.Prepare(options, ProgressReporters.ForConsole(TimeProvider.System), cancellation);
                Console.WriteLine(
                    $"{made.Documents:N0} documents, {made.TextBytes:N0} bytes of text, {made.EmptyDocuments:N0} empty ones left out, in {made.Shards} "
                    + $"shards under '{options.Output}'");
                if (made.Ignored.Length > 0) Console.WriteLine(IgnoredText(made));
                return ExitCode.Done;
            },
            CancellationToken.None));
        return command;
    }

    private static string IgnoredText(PrepareProgress made)
    {
        var kinds = made.Ignored.Select(kind => $"{kind.Value:N0} {(kind.Key.Length > 0 ? kind.Key : "without an ending")}");
        var numIgnored = made.Ignored.Sum(kind => kind.Value);
        return $"{numIgnored:N0} of {made.Files + numIgnored:N0} files were not taken: {string.Join(", ", kinds)}; --include '*{made.Ignored[0].Key}' takes "
            + "those of a name";
    }
}
