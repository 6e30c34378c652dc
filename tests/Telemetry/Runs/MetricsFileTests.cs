using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Lhts.Objectives;

namespace Lhts.Telemetry.Tests.Runs;

public class MetricsFileTests
{
    /// <summary>In the order of a run.</summary>
    private static readonly string[] Stages = ["teacher", "student"];

    private string _folder = null!;

    private string FilePath => Path.Combine(_folder, MetricsFile.FileName);

    [SetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("lhts-metrics-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Append_Step_WritesOneLine()
    {
        using (var file = MetricsFile.Create(FilePath)) file.Append(Sample.Student);

        Assert.That(File.ReadAllText(FilePath), Is.EqualTo(
            """
            {"stage":"student","step":42,"epoch":1.25,"loss":2.5,"negativeLogLikelihood":2.25,"klDivergence":0.125,"baselineLoss":0.0625,"learningRate":0.0001,"gradientNorm":0.75,
            "realTokens":3000,"paddingTokens":72,"tokensPerSecond":6000,"drawnTokensPerSecond":8000,
            "weights":{"clipFraction":0.05,"effectiveSampleSizeRatio":0.625,"meanLogWeight":-0.5,"maxLogWeight":3},
            "corpus":{"sequences":26,"loss":2.75,"negativeLogLikelihood":1.5,"effectiveSampleSizeRatio":0.5},
            "teacherSamples":{"sequences":6,"loss":1.75,"negativeLogLikelihood":1.25,"effectiveSampleSizeRatio":0.75},"queuedBatches":4,"mfu":0.375,"liveTensors":310,
            "memory":{"allocated":5000000,"peak":7000000,"reserved":8000000},
            "seconds":0.5,"phaseSeconds":{"dataWait":0.002,"draw":0.008,"teacher":0.098,"student":0.15,"backward":0.2,"update":0.04}}
            """.ReplaceLineEndings("") + "\n"));
    }

    [Test]
    public void Append_Samples_WritesOneLine()
    {
        using (var file = MetricsFile.Create(FilePath)) file.Append("student", 500, Sample.Samples with { Entropy = [] });

        Assert.That(File.ReadAllText(FilePath), Is.EqualTo(
            """
            {"stage":"student","step":500,"samples":{"model":"student","temperature":0.5,"logLikelihood":-1.25,
            "distinct":[0.25,0.5,0.75,1],"repetition":[0.75,0.5,0.25,0],"selfBleu":0.125,"effectiveTemperature":0.5625,"effectiveTemperatureError":0.03125,"myopicTemperature":0.625,
            "entropyPerToken":0.75,"freeEnergy":-48.5,"gain":5.25,"gainError":0.125}}
            """.ReplaceLineEndings("") + "\n"));
    }

    [Test]
    public void Append_FiguresThatAreNotFinite_AreStringsInJson()
    {
        using (var file = MetricsFile.Create(FilePath)) file.Append(Sample.Teacher with { GradientNorm = double.NegativeInfinity });

        using var line = JsonDocument.Parse(File.ReadAllText(FilePath));
        Assert.That(line.RootElement.GetProperty("loss").GetString(), Is.EqualTo("NaN"));
        Assert.That(line.RootElement.GetProperty("gradientNorm").GetString(), Is.EqualTo("-Infinity"));
        Assert.That(line.RootElement.TryGetProperty("klDivergence", out _), Is.False);
    }

    [TestCase("student", 2, "t1 t2 t3 s1 s2")]
    [TestCase("student", 0, "t1 t2 t3")]
    [TestCase("student", 9, "t1 t2 t3 s1 s2 s3")]
    [TestCase("teacher", 2, "t1 t2")]
    public void Resume_AfterAStep_DropsWhatCameLater(string stage, long lastStep, string kept)
    {
        WriteBothStages();
        using (MetricsFile.Resume(FilePath, UpTo(stage), lastStep))
        {
        }

        Assert.That(Lines(), Is.EqualTo(kept));
    }

    [Test]
    public void Resume_TornLastLine_DropsItAndAppendsAfterIt()
    {
        WriteBothStages();
        var bytes = File.ReadAllBytes(FilePath);
        File.WriteAllBytes(FilePath, bytes[..^5]);

        using (var file = MetricsFile.Resume(FilePath, Stages, 3)) file.Append(Step("student", 3));

        Assert.That(File.ReadAllBytes(FilePath), Is.EqualTo(bytes));
    }

    [Test]
    public void Resume_LineThatIsNoStep_DropsFromThere()
    {
        WriteBothStages();
        var lines = File.ReadAllLines(FilePath);
        lines[1] = "{\"stage\":\"other\",\"step\":1}";
        File.WriteAllLines(FilePath, lines);
        using (MetricsFile.Resume(FilePath, Stages, 3))
        {
        }

        Assert.That(Lines(), Is.EqualTo("t1"));
    }

    [Test]
    public void Resume_NoFile_StartsOne()
    {
        using (var file = MetricsFile.Resume(FilePath, ["teacher"], 5)) file.Append(Step("teacher", 6));
        Assert.That(Lines(), Is.EqualTo("t6"));
    }

    [Test]
    public void Resume_FileLongerThanAChunk_IsReadWhole()
    {
        using (var file = MetricsFile.Create(FilePath))
        {
            for (var step = 1; step <= 1000; step++) file.Append(Step("teacher", step));
        }

        Assert.That(new FileInfo(FilePath).Length, Is.GreaterThan(100_000));
        using (MetricsFile.Resume(FilePath, ["teacher"], 999))
        {
        }

        Assert.That(Lines().Split(' ').Last(), Is.EqualTo("t999"));
    }

    [FsCheck.NUnit.Property(MaxTest = 50)]
    public Property Resume_CutAnywhere_EndsAsIfNeverStopped()
    {
        var whole = WriteBothStages();
        return Prop.ForAll(Gen.Choose(0, whole.Length).ToArbitrary(), Gen.Choose(0, 5).ToArbitrary(), (cut, numSaved) =>
        {
            var numWritten = whole[..cut].Count(character => character == (byte)'\n');
            numSaved = Math.Min(numSaved, numWritten);
            File.WriteAllBytes(FilePath, whole[..cut]);

            var (savedStage, savedStep) = numSaved == 0 ? ("teacher", 0) : PositionOf(numSaved - 1);
            using (var file = MetricsFile.Resume(FilePath, UpTo(savedStage), savedStep))
            {
                for (var i = numSaved; i < 6; i++) file.Append(Step(PositionOf(i).Stage, PositionOf(i).Step));
            }

            return File.ReadAllBytes(FilePath).AsSpan().SequenceEqual(whole);
        });
    }

    private static (string Stage, long Step) PositionOf(int line) => (Stages[line / 3], (line % 3) + 1);

    [Test]
    public void Append_WhileOpen_CanBeRead()
    {
        using var file = MetricsFile.Create(FilePath);
        file.Append(Step("teacher", 1));
        using var reader = new StreamReader(new FileStream(FilePath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        Assert.That(reader.ReadLine(), Does.StartWith("{\"stage\":\"teacher\",\"step\":1,"));
    }

    private byte[] WriteBothStages()
    {
        using (var file = MetricsFile.Create(FilePath))
        {
            for (var line = 0; line < 6; line++) file.Append(Step(PositionOf(line).Stage, PositionOf(line).Step));
        }

        return File.ReadAllBytes(FilePath);
    }

    private static StepFigures Step(string stage, long step) => new() { Stage = stage, Step = step, Figures = DeclaredFigures.Of((LossFigures.Loss, 1)) };

    private static string[] UpTo(string stage) => Stages[..(Array.IndexOf(Stages, stage) + 1)];

    private string Lines() => string.Join(' ', File.ReadAllLines(FilePath).Select(line =>
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.GetProperty("stage").GetString()![..1] + json.RootElement.GetProperty("step").GetInt64();
    }));
}
