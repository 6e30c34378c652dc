using System.CommandLine;
using System.Globalization;
using Lhts.Evaluation.Temperatures;
using Lhts.Telemetry;
using Lhts.Trainer.Commands.Sampling;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Trainer.Commands;

/// <summary><c>lhts entropy</c>.</summary>
internal static class EntropyCommand
{
    // From 0 up to infinity, then on from -infinity up to 0 from below: the order of falling 1/T.
    private static readonly double[] Sweep =
        [0, 0.1, 0.2, 0.5, 0.7, 1, 1.5, 2, 5, 100, double.PositiveInfinity, -100, -5, -2, -1, -0.5, -0.2, -0.1, -0.0];

    private static readonly Argument<string?> Model = new("model")
    {
        Description = ModelArgument.Description + " Not with --logits.", Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string?> Prompt =
        new("--prompt") { Description = "The text whose next token's logits are taken. Default: none, the beginning of a document." };

    private static readonly Option<double[]> Logits = RealOption.BuildMany("--logits", "-z", "Logits, in place of a model's. Default: none.", []);

    private static readonly Option<double[]> Temperatures =
        RealOption.BuildMany("--temperatures", "-t", "Temperatures of the whole real line. Default: from 0 to infinity and from -infinity to -0.", Sweep);

    private static readonly Option<string?> Html = HtmlOption.Build();

    private static readonly Option<string?> DeviceName = DeviceOption.Build();

    public static Command Build()
    {
        var command = new Command(
            "entropy", "Entropy, expected logit, variance and dH/dT = Var/T^3 of softmax(z/T) over temperatures, of given logits or of a model's next token.")
        {
            Model, Prompt, Logits, Temperatures, Html, DeviceName,
        };
        command.SetAction(arguments => Run(arguments));
        return command;
    }

    private static int Run(ParseResult arguments)
    {
        var given = arguments.GetRequiredValue(Logits);
        var path = arguments.GetValue(Model);
        if (given.Length == 0 == path is null) throw new InvalidDataException("lhts entropy needs either a model or --logits.");
        if (given.Length > 0 && arguments.GetValue(Prompt) is not null) throw new InvalidDataException("--prompt is for a model; with --logits there is none.");
        var logits = path is null ? given : OfModel(path, arguments.GetValue(Prompt) ?? "", arguments.GetValue(DeviceName));
        EntropyPoint[] points;
        try
        {
            points = [.. arguments.GetRequiredValue(Temperatures).Select(temperature => EntropyPoint.Of(logits, temperature))];
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException(Hosting.Failures.TextOf(error));
        }

        var text = Columns.Format(["T", "entropy", "expected logit", "variance", "dH/dT"], points.Select(Cells));
        Console.Write(text);
        HtmlOption.Write(arguments.GetValue(Html), "Entropy over temperature", text, Figures(logits));
        return ExitCode.Done;
    }

    private static string[] Cells(EntropyPoint point) =>
    [
        Columns.Number(point.Temperature, "0.####"), Columns.Number(point.Entropy, "0.000000"), Columns.Number(point.ExpectedLogit, "0.000000"),
        Columns.Number(point.Variance, "0.000000"), point.Derivative.ToString("0.000000", CultureInfo.InvariantCulture),
    ];

    private static double[] OfModel(string path, string prompt, string? device)
    {
        using var source = SamplingModel.Load(path, device);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        source.Model.eval();
        var tokens = source.Encode(prompt);
        if (tokens.Length > source.Model.Config.NumPositions)
        {
            throw new InvalidDataException($"The prompt has {tokens.Length} tokens; this model takes {source.Model.Config.NumPositions} at most.");
        }

        var input = tensor(Array.ConvertAll(tokens, token => (long)token), device: source.Model.TokenEmbedding.device).unsqueeze(0); // (1, L)
        var logits = source.Model.Logits(source.Model.Hidden(input).select(1, tokens.Length - 1)); // (1, V)
        return logits.squeeze(0).to(ScalarType.Float64).cpu().data<double>().ToArray();
    }

    /// <summary>Over 1/T the whole line is one smooth curve; over T above 0 it is what people draw.</summary>
    private static PlotFigure[] Figures(double[] logits)
    {
        EntropyPoint[] inverse = [.. Enumerable.Range(-100, 201).Select(i => EntropyPoint.Of(logits, i == 0 ? double.PositiveInfinity : 20.0 / i))];
        EntropyPoint[] positive = [.. Enumerable.Range(1, 200).Select(i => EntropyPoint.Of(logits, i / 40.0))];
        return
        [
            new("Entropy over T", "temperature T", "nats", [Curve("entropy", positive, p => p.Temperature, p => p.Entropy),
                Curve("dH/dT", positive, p => p.Temperature, p => p.Derivative)]),
            new("Entropy over 1/T, negative temperatures on the left", "1/T", "nats", [Curve("entropy", inverse, p => 1 / p.Temperature, p => p.Entropy)]),
            new("Expected logit over 1/T", "1/T", "logit", [Curve("expected logit", inverse, p => 1 / p.Temperature, p => p.ExpectedLogit),
                Curve("variance", inverse, p => 1 / p.Temperature, p => p.Variance)]),
        ];
    }

    private static PlotCurve Curve(string name, EntropyPoint[] points, Func<EntropyPoint, double> x, Func<EntropyPoint, double> y) =>
        new(name, [.. points.Select(point => (x(point), y(point), 0.0))]) { IsMarked = false };
}
