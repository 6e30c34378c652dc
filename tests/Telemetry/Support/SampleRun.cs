using System.Text.Json;
using Lhts.Objectives;

namespace Lhts.Telemetry.Tests;

/// <summary>A run folder with made-up figures that behave as those of a run do.</summary>
public static class SampleRun
{
    public const int TeacherSteps = 2000;
    public const int StudentSteps = 600;
    public const int EvaluateEvery = 100;

    /// <summary>Something that would end the script it stands in, if it were not escaped.</summary>
    public const string Hostile = "</script><script>document.title = 'broken'</script><!-- & \u2028 \"quoted\"";

    public static string Write(string parent, string name, int seed = 1)
    {
        var folder = Directory.CreateDirectory(Path.Combine(parent, name)).FullName;
        Directory.CreateDirectory(Path.Combine(folder, "evaluation"));
        var random = new Random(seed);
        using (var file = MetricsFile.Create(Path.Combine(folder, MetricsFile.FileName)))
        {
            for (var step = 1; step <= TeacherSteps; step++) file.Append(TeacherStep(step, random));
            for (var step = 1; step <= StudentSteps; step++)
            {
                file.Append(StudentStep(step, random));
                if (step % EvaluateEvery == 0) AppendEvaluation(file, step);
            }
        }

        foreach (var stage in (string[])["teacher", "student"])
        {
            var path = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, stage)).FullName, FiguresFile.FileName);
            File.WriteAllBytes(path, FiguresFile.Write(DeclaredFigures.Declarations));
        }

        File.WriteAllText(Path.Combine(folder, "student", "changes.jsonl"), """{"step":300,"key":"student.training.steps","was":"300","is":"600"}""" + "\n");
        File.WriteAllText(Path.Combine(folder, "recipe.yaml"), $"name: {name}\n# {Hostile}\n");
        File.WriteAllText(Path.Combine(folder, "evaluation", "table.json"), JsonSerializer.Serialize(Table()));
        File.WriteAllText(Path.Combine(folder, "evaluation", "settings.yaml"), $"seed: {seed}\nteacher: {name}\n");
        File.WriteAllText(
            Path.Combine(folder, "evaluation", "samples.txt"),
            $"teacher, myopic T 1:\n  And the king said\n  {Hostile}\n\nstudent, long-horizon T 0.5:\n  In the beginning\n  \n  was the word\n\n");
        return folder;
    }

    private static void AppendEvaluation(MetricsFile file, int step)
    {
        foreach (var model in Enum.GetValues<SampledModel>())
        {
            var gain = model == SampledModel.Student ? 0.001 * step : 0.3;
            file.Append("student", step, Sample.Samples with { Model = model, LogLikelihood = -2 + gain, Distinct = [0.3, 0.6 - gain / 4] });
        }
    }

    private static StepFigures TeacherStep(int step, Random random) => new()
    {
        Stage = "teacher",
        Step = step,
        Figures = DeclaredFigures.Of((LossFigures.Loss, LossOf(step, random))),
        LearningRate = 1e-3,
        GradientNorm = 0.5 + random.NextDouble(),
        RealTokens = 4000,
        PaddingTokens = 96,
        Times = StepTimes.Of(
            TimeSpan.FromMilliseconds(100 + 5 * random.NextDouble()),
            (StepPhase.DataWait, TimeSpan.FromMilliseconds(1)),
            (StepPhase.Student, TimeSpan.FromMilliseconds(35)),
            (StepPhase.Backward, TimeSpan.FromMilliseconds(50)),
            (StepPhase.Update, TimeSpan.FromMilliseconds(10))),
    };

    private static StepFigures StudentStep(int step, Random random) => TeacherStep(step + 10, random) with
    {
        Stage = "student",
        Step = step,
        Figures = DeclaredFigures.Of(
            (LossFigures.Loss, LossOf(step + 10, random)), (LossFigures.Likelihood, 1.2 + Math.Exp(-step / 100.0)),
            (LossFigures.Kl, 0.1 + 0.2 * (1 - Math.Exp(-step / 200.0))), (WeightFigures.ClipFraction, 0.1 * random.NextDouble()),
            (WeightFigures.EffectiveSampleSize, 0.5 + 0.2 * random.NextDouble()), (WeightFigures.MeanLog, -0.5 + 0.1 * random.NextDouble()),
            (WeightFigures.LargestLog, 3)),
    };

    private static double LossOf(int step, Random random) => step == 3 ? double.NaN : 1.5 + 2 * Math.Exp(-step / 150.0) + 0.05 * random.NextDouble();

    private static object Table() => new { rows = Rows().ToArray(), myopicCurve = Curve().ToArray(),
        references = new[] { new { temperature = 0.7, logLikelihood = -0.575, entropy = 0.452 } } };

    /// <summary>As measured with a small model of characters: temperature, log-likelihood, entropy, distinct-2.</summary>
    private static IEnumerable<object> Rows()
    {
        foreach (var (temperature, perToken, entropy, distinct) in ((double, double, double, double)[])[(1, -1.3, 1.3, 0.86), (0.8, -0.985, 0.94, 0.71),
            (0.6, -0.765, 0.672, 0.53), (0.5, -0.68, 0.53, 0.43)])
        {
            yield return Row("teacher", null, temperature, perToken, entropy, distinct, null);
        }

        foreach (var (temperature, perToken, entropy, distinct, gain) in ((double, double, double, double, double)[])[(1, -1.3, 1.3, 0.86, 0),
            (0.9, -1.038, 1.026, 0.78, 0.41), (0.8, -0.812, 0.76, 0.61, 1.64), (0.7, -0.588, 0.461, 0.37, 5.26)])
        {
            yield return Row("student", temperature, 1, perToken, entropy, distinct, gain);
        }

        // As for samples that are all empty: such figures are strings in JSON.
        yield return Row("student", 0.1, 1, "NaN", "NaN", 0, null);
    }

    private static IEnumerable<object> Curve() =>
        from point in ((double Temperature, double LogLikelihood, double Entropy)[])[(0.3, -0.541, 0.29), (0.38, -0.59, 0.38), (0.5, -0.68, 0.53),
            (0.65, -0.81, 0.73), (0.77, -0.95, 0.9), (0.88, -1.1, 1.08), (1, -1.3, 1.3)]
        select new { temperature = point.Temperature, logLikelihood = point.LogLikelihood, entropy = point.Entropy };

    private static object Row(string source, double? horizon, double myopic, object perToken, object entropy, double distinct, double? gain) => new
    {
        source,
        longHorizonTemperature = horizon,
        myopicTemperature = myopic,
        numSamples = 64,
        likelihood = new { perToken, perTokenError = 0.012 },
        entropy = new { perToken = entropy, standardError = 0.013 },
        freeEnergy = new { value = -48.55, standardError = 0.04 },
        gain = gain is { } nats ? new { value = nats, standardError = 0.12 } : null,
        bestMyopicTemperature = gain is null ? null : horizon - 0.05,
        effectiveTemperature = new { value = (horizon ?? myopic) + 0.015, standardError = 0.01 },
        diversity = new
        {
            distinct = (double[])[distinct / 2, distinct, 0.9, 0.99],
            seqRep = (double[])[0.8, 0.5, 0.3, 0.1],
            entropy = (double[])[5, 7, 8, 9],
            selfBleu = horizon < 0.6 ? (object)"NaN" : 0.4,
            meanLength = 120,
        },
    };
}
