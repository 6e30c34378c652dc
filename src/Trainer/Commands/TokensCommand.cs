using System.CommandLine;
using System.Globalization;
using Lhts.Data.Tokenizers;
using Lhts.Evaluation;
using Lhts.Trainer.Commands.Sampling;

namespace Lhts.Trainer.Commands;

/// <summary><c>lhts tokens …</c>.</summary>
internal static class TokensCommand
{
    private static readonly Argument<string> Model = ModelArgument.Build();

    private static readonly Option<int> Count = new("--count", "-n") { Description = "Tokens to show. Default 20.", DefaultValueFactory = _ => 20 };

    private static readonly Option<string> Prompt = new("--prompt")
    {
        Description = "How the model is asked to repeat a token, {} standing for it. Default {}{}{}: it stands there three times.",
        DefaultValueFactory = _ => "{}{}{}",
    };

    private static readonly Option<long> Seed = new("--seed") { Description = "Seed of the tokens to compare with. Default 0.", DefaultValueFactory = _ => 0 };

    private static readonly Option<bool> Json = new("--json") { Description = "Write a JSON line for each token." };

    private static readonly Option<string?> DeviceName = DeviceOption.Build();

    public static Command Build()
    {
        var anomalous = new Command(
            "anomalous",
            "Tokens that training has hardly touched: nearest to the mean of the embedding, with whether the model repeats them when asked, beside as many at "
            + "random.")
        {
            Model, Count, Prompt, Seed, Json, DeviceName,
        };
        anomalous.SetAction((arguments, stop) => Task.Run(() => Run(arguments, stop), CancellationToken.None));
        return new Command("tokens", "Look at a model's tokens.") { anomalous };
    }

    private static int Run(ParseResult arguments, CancellationToken stop)
    {
        var (count, template) = (arguments.GetValue(Count), arguments.GetRequiredValue(Prompt));
        if (count < 1) throw new InvalidDataException($"--count is {count}; it must be 1 or more.");
        if (!template.Contains("{}", StringComparison.Ordinal)) throw new InvalidDataException($"--prompt is '{template}', but must hold {{}} for the token.");
        using var model = SamplingModel.Load(arguments.GetRequiredValue(Model), arguments.GetValue(DeviceName));
        var tokenizer = model.Tokenizer;
        int[][] pieces = [.. template.Split("{}").Select(piece => piece.Length == 0 ? [] : tokenizer.Encode(piece))];
        var length = 1 + pieces.Sum(piece => piece.Length) + pieces.Length - 1;
        if (length > model.Model.Config.NumPositions)
        {
            throw new InvalidDataException($"--prompt comes to {length} tokens; this model takes {model.Model.Config.NumPositions} at most.");
        }

        var search =
            new AnomalousTokens(model.Model, token => [tokenizer.EndOfText, .. pieces[0], .. pieces[1..].SelectMany(piece => (int[])[token, .. piece])]);
        var nearest = search.Nearest(tokenizer.VocabularySize, count, stop);
        var random = search.AtRandom(tokenizer.VocabularySize, count, (ulong)arguments.GetValue(Seed), stop);
        if (arguments.GetValue(Json)) WriteJson(nearest, tokenizer);
        else Write(nearest, random, tokenizer);
        return ExitCode.Done;
    }

    private static void Write(IReadOnlyList<RepeatedToken> nearest, IReadOnlyList<RepeatedToken> random, ITokenizer tokenizer)
    {
        Console.Write(Columns.Format(["token", "id", "distance", "rank", "log-prob"], nearest.Select(found => (string[])
        [
            TextOf(found.Token, tokenizer), found.Token.ToString(CultureInfo.InvariantCulture), Columns.Number(found.Distance, "0.0000"),
            found.Rank.ToString(CultureInfo.InvariantCulture), Columns.Number(found.LogProb, "0.00"),
        ])));
        Console.WriteLine($"\nrepeated: {Share(nearest)} of these, {Share(random)} at random, whose mean distance is "
            + Columns.Number(random.Average(found => found.Distance), "0.0000"));
    }

    private static string Share(IReadOnlyList<RepeatedToken> tokens) => $"{tokens.Count(found => found.IsRepeated)} of {tokens.Count}";

    private static void WriteJson(IReadOnlyList<RepeatedToken> nearest, ITokenizer tokenizer)
    {
        foreach (var found in nearest)
        {
            Console.WriteLine(SampleLine.ToJson(
                new { Id = found.Token, Text = TextOf(found.Token, tokenizer), found.Distance, found.Rank, found.LogProb, found.IsRepeated }));
        }
    }

    private static string TextOf(int token, ITokenizer tokenizer) => token == tokenizer.EndOfText
        ? "end-of-text"
        : $"'{TerminalText.Escape(tokenizer.Decode([token])).Replace("\n", "\\n", StringComparison.Ordinal)}'";
}
