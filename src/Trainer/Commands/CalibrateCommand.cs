using System.CommandLine;
using System.Globalization;
using Lhts.Data.Predictions;
using Lhts.Evaluation.Calibration;
using Lhts.Evaluation.Grid;
using Lhts.Evaluation.Temperatures;
using Lhts.Sampling;
using Lhts.Telemetry;
using Lhts.Trainer.Commands.Sampling;
using Lhts.Trainer.Evaluations;

namespace Lhts.Trainer.Commands;

/// <summary><c>lhts calibrate</c>.</summary>
internal static class CalibrateCommand
{
    private static readonly CalibrationOptions Defaults = new();

    private static readonly Argument<string> Input = new("predictions")
    {
        Description = "A Parquet or CSV file of logits and labels; with --model texts: a text file, JSON Lines or a folder of these.",
    };

    private static readonly Option<string?> Model =
        new("--model") { Description = "A language model: its next tokens are judged. " + ModelArgument.Description };

    private static readonly Option<string> Labels =
        new("--label-column") { Description = "The column of labels, from 0. Default label.", DefaultValueFactory = _ => "label" };

    private static readonly Option<string> Logits = new("--logits-column")
    {
        Description = "The column of lists of logits; where there is none, every column but the label is one logit. Default logits.",
        DefaultValueFactory = _ => "logits",
    };

    private static readonly Option<int> Bins =
        new("--bins") { Description = "Bins of the reliability diagram. Default 15.", DefaultValueFactory = _ => Defaults.NumBins };

    private static readonly Option<long> Seed = new("--seed") { Description = "Seed of halves and intervals. Default 0.", DefaultValueFactory = _ => 0 };

    private static readonly Option<string?> Html = HtmlOption.Build();

    private static readonly Option<string?> DeviceName = DeviceOption.Build();

    public static Command Build()
    {
        var command = new Command(
            "calibrate",
            "Fit a temperature on one half of held-out predictions and judge probabilities on the other, before and after: NLL, Brier, calibration error "
            + "(ECE), reliability diagram, with 95 % bootstrap intervals.")
        {
            Input, Model, Labels, Logits, Bins, Seed, Html, DeviceName,
        };
        command.SetAction((arguments, stop) => Task.Run(() => Run(arguments, stop), CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken stop)
    {
        var options = Defaults with { NumBins = arguments.GetValue(Bins), Seed = (ulong)arguments.GetValue(Seed) };
        if (options.NumBins < 1) throw new InvalidDataException($"--bins is {options.NumBins}; it must be 1 or more.");
        using var model = arguments.GetValue(Model) is { } path ? SamplingModel.Load(path, arguments.GetValue(DeviceName)) : null;
        var (fit, heldOut) = model is null ? HalvesOfFile(arguments, options.Seed) : HalvesOfTexts(arguments, model, options.Seed);
        var fitted = TemperatureFit.Pooled(fit, stop);
        if (!(fitted.Temperature > 0 && double.IsFinite(fitted.Temperature)))
        {
            throw new InvalidDataException(
                $"The best temperature is {Columns.Number(fitted.Temperature, "0.###")}: the predictions of the first half are "
                + (fitted.Inverse > 0
                    ? "all right, so that nothing tells how sure they may be."
                    : "no better than chance, so that no temperature mends them."));
        }

        var (before, after) =
            (CalibrationFigures.Of(heldOut, 1, options, stop), CalibrationFigures.Of(heldOut, fitted.Temperature, options, stop));
        var text = Describe(fitted, before, after);
        Console.Write(text);
        HtmlOption.Write(arguments.GetValue(Html), "Calibration", text, Figure(before, after));
        return ExitCode.Done;
    }

    private static (IPredictions Fit, IPredictions HeldOut) HalvesOfFile(ParseResult arguments, ulong seed)
    {
        var read = PredictionFile.Read(arguments.GetRequiredValue(Input), arguments.GetRequiredValue(Labels), arguments.GetRequiredValue(Logits));
        var table = new LogitTable(read.Rows, read.Labels);
        var (first, second) = Halves(table.Count, seed, "rows");
        return (table.Select(first), table.Select(second));
    }

    private static (IPredictions Fit, IPredictions HeldOut) HalvesOfTexts(ParseResult arguments, SamplingModel model, ulong seed)
    {
        // A text alone has two halves too: its windows are then what is drawn.
        var texts = TextWindows.Read(arguments.GetRequiredValue(Input), model.Tokenizer, model.Model.Config.NumPositions);
        IReadOnlyList<int[]>[] pieces =
            texts.Count > 1 ? [.. texts.Select(text => text.Windows)] : [.. texts[0].Windows.Select(window => (IReadOnlyList<int[]>)[window])];
        var (first, second) = Halves(pieces.Length, seed, "texts, or windows of the model's context");
        return (new ModelPredictions(model.Model, [.. first.Select(i => pieces[i])]), new ModelPredictions(model.Model, [.. second.Select(i => pieces[i])]));
    }

    private static (int[] First, int[] Second) Halves(int count, ulong seed, string what)
    {
        if (count < 4) throw new InvalidDataException($"There are {count} {what}; 4 at least are needed for two halves with intervals.");
        int[] order = [.. Enumerable.Range(0, count).OrderBy(i => CounterRandom.Uniform(seed, i, 0))];
        return (order[..(count / 2)], order[(count / 2)..]);
    }

    private static string Describe(FittedTemperature fitted, CalibrationFigures before, CalibrationFigures after)
    {
        var error = Columns.Number(fitted.StandardError, "0.0000");
        var summary = Columns.Format(["held out", "T = 1", "95 % interval", $"T = {Columns.Number(fitted.Temperature, "0.0000")}", "95 % interval"],
        [
            Row("NLL, nats", before.NegativeLogLikelihood, after.NegativeLogLikelihood), Row("Brier", before.Brier, after.Brier),
            Row("calibration error (ECE)", before.CalibrationError, after.CalibrationError), Row("accuracy", before.Accuracy, after.Accuracy),
        ]);
        var bins = Columns.Format(["confidence", "count", "mean", "accuracy", "count at T", "mean", "accuracy"], before.Bins.Zip(after.Bins, Row));
        return $"T {Columns.Number(fitted.Temperature, "0.0000")} ± {error}, fitted on {fitted.Count} predictions\n{summary}\n{bins}";
    }

    private static string[] Row(string name, Estimate before, Estimate after) => [name, Four(before.Value), Range(before), Four(after.Value), Range(after)];

    private static string[] Row(ReliabilityBin before, ReliabilityBin after) =>
    [
        $"{before.Low.ToString("0.00", CultureInfo.InvariantCulture)}-{before.High.ToString("0.00", CultureInfo.InvariantCulture)}",
        .. Cells(before), .. Cells(after),
    ];

    private static string[] Cells(ReliabilityBin bin) =>
        [bin.Count.ToString(CultureInfo.InvariantCulture), bin.Count == 0 ? "" : Four(bin.Confidence), bin.Count == 0 ? "" : Four(bin.Accuracy)];

    private static string Four(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);

    private static string Range(Estimate estimate) => $"{Four(estimate.Low)}-{Four(estimate.High)}";

    private static PlotFigure Figure(CalibrationFigures before, CalibrationFigures after) => new(
        "Reliability: accuracy over confidence", "mean of the greatest probability", "accuracy",
        [
            Curve("T = 1", before), Curve($"T = {Columns.Number(after.Temperature, "0.000")}", after),
            new PlotCurve("calibrated", [(0, 0, 0), (1, 1, 0)]) { IsMarked = false },
        ]);

    private static PlotCurve Curve(string name, CalibrationFigures figures) => new(
        name,
        [.. figures.Bins.Where(bin => bin.Count > 0).Select(bin =>
            (bin.Confidence, bin.Accuracy, Math.Sqrt(bin.Accuracy * (1 - bin.Accuracy) / bin.Count)))]);
}
