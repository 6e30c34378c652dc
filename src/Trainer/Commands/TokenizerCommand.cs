using System.CommandLine;
using System.Text.Json;
using Lhts.Data.Parquet;
using Lhts.Data.Tokenizers;
using Lhts.Data.Tokenizers.BytePair;
using Lhts.Telemetry.Progress;

namespace Lhts.Trainer.Commands;

/// <summary><c>lhts tokenizer …</c>.</summary>
internal static class TokenizerCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Build() => new("tokenizer", "Work with tokenizers.")
    {
        BuildTraining(),
        BuildConversion("encode", "Texts to ids: JSON Lines {\"text\": ...} in, {\"ids\": [...]} out.", Encode),
        BuildConversion("decode", "Ids to texts: JSON Lines {\"ids\": [...]} in, {\"text\": ...} out.", Decode),
    };

    private static Command BuildTraining()
    {
        var data = new Argument<string>("data") { Description = "Parquet files with a text column: a file, a folder or a glob." };
        var output = new Option<string>("--output", "-o") { Description = "The folder that gets tokenizer.json.", Required = true };
        var size =
            new Option<int>("--vocabulary") { Description = "Tokens: 256 bytes, merges and end-of-text. Default 8192.", DefaultValueFactory = _ => 8192 }
                .Within(257, 1 << 24);
        var column = new Option<string>("--text-column") { Description = "The column with the text. Default text.", DefaultValueFactory = _ => "text" };
        var command = new Command("train", "Learn a byte-level BPE (as GPT-2's) from a corpus.") { data, output, size, column };
        command.SetAction((arguments, stop) => Task.Run(
            () =>
            {
                using var set =
                    DataSet.Open(new DataOptions { Path = arguments.GetRequiredValue(data), TextColumn = arguments.GetRequiredValue(column) }, stop);
                using var progress = ProgressReporters.ForErrors(TimeProvider.System).Begin("reading", set.NumDocuments, "documents");
                var read = 0L;
                var texts = set.ReadTexts(stop).Select(text =>
                {
                    progress.Report(++read);
                    return text;
                });
                var tokenizer = BytePairTrainer.Train(texts, new BytePairTrainingOptions { VocabularySize = arguments.GetValue(size) }, cancellation: stop);
                Directory.CreateDirectory(arguments.GetRequiredValue(output));
                tokenizer.Save(arguments.GetRequiredValue(output));
                Console.WriteLine($"{tokenizer.VocabularySize} tokens in '{Path.Combine(arguments.GetRequiredValue(output), TokenizerLoader.FileName)}'");
                return ExitCode.Done;
            },
            CancellationToken.None));
        return command;
    }

    private static Command BuildConversion(string name, string description, Func<ITokenizer, string, int, string> convert)
    {
        var folder = new Argument<string>("tokenizer") { Description = "A folder with tokenizer.json, or with vocab.json and merges.txt." };
        var input = new Argument<string>("input") { Description = "JSON Lines; - (the default) is standard input.", DefaultValueFactory = _ => "-" };
        var command = new Command(name, description) { folder, input };
        command.SetAction(arguments =>
        {
            var tokenizer = TokenizerLoader.Load(arguments.GetRequiredValue(folder));
            var source = arguments.GetRequiredValue(input);
            using var reader = source == "-" ? Console.In : File.OpenText(source);
            using var output = new StreamWriter(Console.OpenStandardOutput());
            for (var number = 1; reader.ReadLine() is { } line; number++)
            {
                if (!string.IsNullOrWhiteSpace(line)) output.WriteLine(convert(tokenizer, line, number));
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static string Encode(ITokenizer tokenizer, string line, int number) =>
        JsonSerializer.Serialize(new { ids = tokenizer.Encode(Read<TextLine>(line, number).Text) }, Json);

    private static string Decode(ITokenizer tokenizer, string line, int number)
    {
        var ids = Read<IdsLine>(line, number).Ids;
        var wrong = Array.FindIndex(ids, id => id < 0 || id >= tokenizer.VocabularySize);
        if (wrong >= 0)
        {
            throw new InvalidDataException($"Line {number}: id {ids[wrong]} is not one of this tokenizer's, which are 0 to {tokenizer.VocabularySize - 1}.");
        }

        return JsonSerializer.Serialize(new { text = tokenizer.Decode(ids) }, Json);
    }

    private static T Read<T>(string line, int number)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(line, Json) ?? throw new JsonException("the line is null");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"Line {number} is not what is expected: {error.Message} Write a JSON object with the one member text or ids.");
        }
    }

    private sealed record TextLine
    {
        public required string Text { get; init; }
    }

    private sealed record IdsLine
    {
        public required int[] Ids { get; init; }
    }
}
