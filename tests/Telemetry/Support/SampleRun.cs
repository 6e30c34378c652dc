using System.Text.Json;

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

        File.WriteAllText(Path.Combine(folder, "recipe.yaml"), $"name: {name}\n# {Hostile}\n");
        File.WriteAllText(Path.Combine(folder, "evaluation", "table.json"), JsonSerializer.Serialize(new { rows = Rows().ToArray() }));
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
            file.Append(step, Sample.Samples with { Model = model, LogLikelihood = -2 + gain, Distinct = [0.3, 0.6 - gain / 4] });
        }
    }

    private static StepFigures TeacherStep(int step, Random random) => new()
    {
        Stage = TrainingStage.Teacher,
        Step = step,
        Loss = step == 3 ? double.NaN : 1.5 + 2 * Math.Exp(-step / 150.0) + 0.05 * random.NextDouble(),
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
        Stage = TrainingStage.Student,
        Step = step,
        NegativeLogLikelihood = 1.2 + Math.Exp(-step / 100.0),
        KlDivergence = 0.1 + 0.2 * (1 - Math.Exp(-step / 200.0)),
        Weights = new()
        {
            ClipFraction = 0.1 * random.NextDouble(),
            EffectiveSampleSizeRatio = 0.5 + 0.2 * random.NextDouble(),
            MeanLogWeight = -0.5 + 0.1 * random.NextDouble(),
            MaxLogWeight = 3,
        },
    };

    private static IEnumerable<object> Rows()
    {
        foreach (var temperature in (double[])[0.5, 0.7, 0.9, 1])
        {
            yield return Row("teacher", null, temperature, -0.8 - temperature, 0.2 + 0.5 * temperature);
            yield return Row("student", temperature, 1, -0.7 - temperature, 0.3 + 0.45 * temperature);
        }

        // As for samples that are all empty: such figures are strings in JSON.
        yield return Row("student", 0.1, 1, "NaN", 0);
    }

    private static object Row(string source, double? horizon, double myopic, object perToken, double distinct) => new
    {
        source,
        longHorizonTemperature = horizon,
        myopicTemperature = myopic,
        numSamples = 64,
        likelihood = new { perToken, perTokenError = 0.02 },
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
