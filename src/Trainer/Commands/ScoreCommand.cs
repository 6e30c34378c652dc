using System.CommandLine;
using Lhts.Data.Tokenizers;
using Lhts.Evaluation;
using Lhts.Models.Gpt;
using Lhts.Telemetry.Progress;
using TorchSharp;

namespace Lhts.Trainer.Commands;

/// <summary><c>lhts score MODEL [FILE]</c>.</summary>
internal static class ScoreCommand
{
    private static readonly Argument<string> Model = ModelArgument.Build();

    private static readonly Argument<string> Input = new("input")
    {
        Description = "JSON Lines, each {\"text\": ...} or {\"ids\": [...]}; - (the default) is standard input.",
        DefaultValueFactory = _ => "-",
    };

    private static readonly Option<double?> Temperature = new("--long-horizon-temperature", "-T")
    {
        Description = "Temperature of the whole text, for a student of several temperatures. Default: none, which is 1.",
    };

    private static readonly Option<string?> Logits = new("--logits") { Description = "Write the logits of every line to this safetensors file." };

    private static readonly Option<string?> DeviceName = DeviceOption.Build();

    public static Command Build()
    {
        var command = new Command(
            "score",
            "Per-token log-probs of texts or token ids: JSON Lines with logProbs (from the second token on), sum and perplexity, in the order of the input. "
            + "Ids are scored as given, texts with their end-of-text.")
        {
            Model, Input, Temperature, Logits, DeviceName,
        };
        command.SetAction((arguments, stop) => Task.Run(() => Run(arguments, stop), CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken stop)
    {
        var (folder, input) = (ModelArgument.FolderOf(arguments.GetRequiredValue(Model)), arguments.GetRequiredValue(Input));
        var device = DeviceOption.Of(arguments.GetValue(DeviceName));
        using var model = Gpt2Checkpoint.Load(folder).to(device);
        var tokenizer = new Lazy<ITokenizer>(() => TokenizerLoader.Load(folder)); // ids need none
        var lines = new ScoreLines(model.Config, text => [.. tokenizer.Value.Encode(text), tokenizer.Value.EndOfText]);
        var sequences = input == "-" ? lines.Parse("standard input", Lines(Console.In)) : lines.Parse(input, File.ReadLines(input));
        var temperature = arguments.GetValue(Temperature);
        if (temperature is not null && model.Config.TemperatureConditioning == TemperatureConditioning.None)
        {
            throw new InvalidDataException($"The model '{folder}' knows no temperatures. Leave --long-horizon-temperature out.");
        }

        using (var progress = ProgressReporters.ForErrors(TimeProvider.System).Begin("scoring", sequences.Count, "sequences"))
        {
            var scores = new SequenceScorer(model).Score(sequences, temperature, new SynchronousProgress<int>(done => progress.Report(done)), stop);
            foreach (var score in scores) Console.WriteLine(ScoreLines.Format(score));
        }

        if (arguments.GetValue(Logits) is { } path) LogitsFile.Write(path, model, sequences, temperature);
        return ExitCode.Done;
    }

    private static IEnumerable<string> Lines(TextReader reader)
    {
        while (reader.ReadLine() is { } line) yield return line;
    }
}
