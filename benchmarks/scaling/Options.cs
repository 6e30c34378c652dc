using System.Globalization;
using Lhts.Scaling.Benchmarks.Measuring;

namespace Lhts.Scaling.Benchmarks;

/// <summary>What the command was asked for.</summary>
internal sealed record Options(Workload Workload, bool OnlyModel)
{
    /// <summary>How it is run.</summary>
    public const string Usage = """
        benchmarks/scaling [model] [--quick] [--layers N] [--width N] [--vocabulary N] [--length N] [--sequences N] [--steps N] [--rounds N]
          model      only the tables for H100s, which measure nothing
          --quick    a model and steps so small that it only shows that all of it runs
        """;

    private static readonly Workload Quick = new() { Layers = 2, Width = 64, Vocabulary = 256, Length = 32, Sequences = 2, Steps = 3, Rounds = 1 };

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="ArgumentException">One of them means nothing.</exception>
    public static Options Of(IReadOnlyList<string> arguments)
    {
        var options = new Options(new Workload(), OnlyModel: false);
        for (var i = 0; i < arguments.Count; i++)
        {
            options = arguments[i] switch
            {
                "model" => options with { OnlyModel = true },
                "--quick" => options with { Workload = Quick },
                var name => options with { Workload = With(options.Workload, name, i + 1 < arguments.Count ? arguments[++i] : "") },
            };
        }

        return options;
    }

    private static Workload With(Workload work, string name, string value)
    {
        if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1)
        {
            throw new ArgumentException($"{name} takes a whole number from 1; '{value}' was given.\n{Usage}");
        }

        return name switch
        {
            "--layers" => work with { Layers = number },
            "--width" when number % 32 == 0 => work with { Width = number },
            "--width" => throw new ArgumentException($"--width takes a multiple of 32; {number} was given."),
            "--vocabulary" => work with { Vocabulary = number },
            "--length" => work with { Length = number },
            "--sequences" => work with { Sequences = number },
            "--steps" => work with { Steps = number },
            "--rounds" => work with { Rounds = number },
            _ => throw new ArgumentException($"'{name}' is no argument.\n{Usage}"),
        };
    }
}
