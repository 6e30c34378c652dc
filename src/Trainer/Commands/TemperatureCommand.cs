using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Lhts.Evaluation.Temperatures;
using Lhts.Models.Gpt;
using Lhts.Telemetry;
using Lhts.Trainer.Commands.Sampling;
using Lhts.Trainer.Evaluations;

namespace Lhts.Trainer.Commands;

/// <summary><c>lhts temperature MODEL TEXT</c>.</summary>
internal static class TemperatureCommand
{
    private const int NumShown = 20;

    // The curve goes from half to twice the temperature that was found, evenly in log T.
    private const int NumCurvePoints = 17;

    private static readonly JsonSerializerOptions JsonOptions =
        new(JsonSerializerDefaults.Web) { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private static readonly Argument<string> Model = ModelArgument.Build();

    private static readonly Argument<string> Input = new("text")
    {
        Description = "A text file, JSON Lines with text or ids (as 'lhts sample --json' writes them), or a folder of these.",
    };

    private static readonly Option<string?> Against = new("--against")
    {
        Description = "Another model or run folder with the same tokenizer: its effective temperature as MODEL sees it, over the distributions that it has at "
            + "each place of the texts. Default: none, the temperature of the texts' own tokens.",
    };

    private static readonly Option<double?> LongHorizon = new("--long-horizon-temperature", "-T")
    {
        Description = "Temperature of the whole text, for a student of several temperatures. Default: none, which is 1.",
    };

    private static readonly Option<bool> Json = new("--json") { Description = "Write JSON Lines: one for each text, then one for all together." };

    private static readonly Option<string?> Html = HtmlOption.Build();

    private static readonly Option<string?> DeviceName = DeviceOption.Build();

    public static Command Build()
    {
        var command = new Command(
            "temperature",
            "The myopic temperature of texts under a model: the T of the whole real line at which their perplexity is least, by Newton's method in 1/T, with "
            + "its error, for each text and for all together.")
        {
            Model, Input, Against, LongHorizon, Json, Html, DeviceName,
        };
        command.SetAction((arguments, stop) => Task.Run(() => Run(arguments, stop), CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken stop)
    {
        using var model = SamplingModel.Load(arguments.GetRequiredValue(Model), arguments.GetValue(DeviceName));
        using var other = arguments.GetValue(Against) is { } path ? SamplingModel.Load(path, arguments.GetValue(DeviceName)) : null;
        if (other is not null && other.Tokenizer.Fingerprint != model.Tokenizer.Fingerprint)
        {
            throw new InvalidDataException($"'{other.Folder}' has another tokenizer than '{model.Folder}': their distributions are not over the same tokens.");
        }

        var temperature = arguments.GetValue(LongHorizon);
        CheckTemperature(model, temperature);
        var context = Math.Min(model.Model.Config.NumPositions, other?.Model.Config.NumPositions ?? int.MaxValue);
        var texts = TextWindows.Read(arguments.GetRequiredValue(Input), model.Tokenizer, context);
        var predictions = new ModelPredictions(model.Model, [.. texts.Select(text => text.Windows)], temperature, other?.Model);
        var pooled = TemperatureFit.Pooled(predictions, stop);
        var each = texts.Count > 1 ? TemperatureFit.OfEach(predictions, stop) : [pooled];
        if (other is not null) (pooled, each) = (ByText(pooled), [.. each.Select(ByText)]);
        var curve = double.IsInfinity(pooled.Inverse) || pooled.Inverse == 0 ? [] : TemperatureFit.Curve(predictions, Around(pooled.Temperature), stop);
        if (arguments.GetValue(Json)) WriteJson(texts, each, pooled, curve);
        else Console.Write(Describe(texts, each, pooled, curve));
        HtmlOption.Write(arguments.GetValue(Html), "Temperature of texts", Describe(texts, each, pooled, curve), Figure(curve, pooled));
        return ExitCode.Done;
    }

    private static void CheckTemperature(SamplingModel model, double? temperature)
    {
        if (temperature is null) return;
        if (!(temperature > 0 && double.IsFinite(temperature.Value))) throw new InvalidDataException($"-T is {temperature}; it must be above 0.");
        if (model.Model.Config.TemperatureConditioning == TemperatureConditioning.None)
        {
            throw new InvalidDataException($"The model '{model.Folder}' knows no temperatures. Leave --long-horizon-temperature out.");
        }

        if (Extrapolation.NoteFor(model.Model.Config, temperature) is { } note) Console.Error.WriteLine(note);
    }

    /// <summary>Whole distributions are no draws: only how texts differ tells an error.</summary>
    private static FittedTemperature ByText(FittedTemperature fit) => fit with { InverseError = fit.InverseErrorByGroup };

    private static double[] Around(double temperature) => [.. Enumerable.Range(0, NumCurvePoints)
        .Select(i => temperature * Math.Pow(2, ((2.0 * i) / (NumCurvePoints - 1)) - 1))];

    private static string Describe(
        IReadOnlyList<MeasuredText> texts, IReadOnlyList<FittedTemperature> each, FittedTemperature pooled,
        IReadOnlyList<(double Temperature, double Perplexity)> curve)
    {
        var rows = texts.Zip(each, (text, fit) => Cells(text.Name, fit)).Take(NumShown).ToList();
        if (texts.Count > NumShown) rows.Add([$"and {texts.Count - NumShown} more", "", "", "", "", "", ""]);
        if (texts.Count > 1) rows.Add(Cells("all together", pooled));
        var table = Columns.Format(["text", "tokens", "T", "error", "95 % interval", "perplexity at T", "at 1"], rows);
        var byText = double.IsNaN(pooled.InverseErrorByGroup)
            ? ""
            : $"error of all together where texts differ: {Columns.Number(pooled.StandardErrorByGroup, "0.0000")}\n";
        if (curve.Count == 0) return table + byText;
        var points = curve.Select(point => (string[])[Columns.Number(point.Temperature, "0.000"), Columns.Number(point.Perplexity, "0.000")]);
        return $"{table}{byText}\n{Columns.Format(["T", "perplexity"], points)}";
    }

    private static string[] Cells(string name, FittedTemperature fit) =>
    [
        name, fit.Count.ToString(CultureInfo.InvariantCulture), Columns.Number(fit.Temperature, "0.0000"),
        double.IsNaN(fit.StandardError) ? "" : Columns.Number(fit.StandardError, "0.0000"),
        double.IsNaN(fit.StandardError) ? "" : $"{Columns.Number(fit.Interval.Low, "0.000")} to {Columns.Number(fit.Interval.High, "0.000")}",
        Columns.Number(fit.Perplexity, "0.000"),
        Columns.Number(fit.PerplexityAtOne, "0.000"),
    ];

    private static PlotFigure Figure(IReadOnlyList<(double Temperature, double Perplexity)> curve, FittedTemperature pooled) => new(
        "Perplexity over temperature", "temperature T", "perplexity",
        [
            new PlotCurve("all texts", [.. curve.Select(point => (point.Temperature, point.Perplexity, 0.0))]) { IsMarked = false },
            new PlotCurve("least", [(pooled.Temperature, pooled.Perplexity, 0)]) { IsLine = false },
        ]);

    private static void WriteJson(
        IReadOnlyList<MeasuredText> texts, IReadOnlyList<FittedTemperature> each, FittedTemperature pooled,
        IReadOnlyList<(double Temperature, double Perplexity)> curve)
    {
        for (var i = 0; i < texts.Count; i++) Console.WriteLine(JsonSerializer.Serialize(Line(texts[i].Name, each[i], null), JsonOptions));
        var points = curve.Select(point => (double[])[point.Temperature, point.Perplexity]).ToArray();
        Console.WriteLine(JsonSerializer.Serialize(Line(null, pooled, points), JsonOptions));
    }

    private static object Line(string? text, FittedTemperature fit, double[][]? curve) => new
    {
        text, tokens = fit.Count, temperature = fit.Temperature, standardError = fit.StandardError, standardErrorByText = fit.StandardErrorByGroup,
        low = fit.Interval.Low, high = fit.Interval.High, perplexity = fit.Perplexity, perplexityAtOne = fit.PerplexityAtOne, curve,
    };
}
