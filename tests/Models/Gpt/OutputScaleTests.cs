using Lhts.Models.Gpt;
using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Models.Tests.Gpt;

/// <summary>Logits divided by the best myopic temperature of each long-horizon one, and a learned factor.</summary>
public sealed class OutputScaleTests : TensorTest
{
    private static readonly OutputTemperature[] Output = [new(1, 1), new(0.5, 0.4), new(0.8, 0.75)];

    private Tensor tokens = null!;
    private Gpt2 teacher = null!;

    [SetUp]
    public void SetUp()
    {
        tokens = Reference.Read(Reference.Batches, "batch0.input_ids").narrow(1, 0, 12);
        teacher = Reference.Load("teacher");
    }

    [TearDown]
    public void TearDown() => teacher.Dispose();

    // 1/T = 1.5 is a third of the way from 1/0.8 to 1/0.5, and so is 1/tau from 1/0.75 to 1/0.4.
    [TestCase(1, 1)]
    [TestCase(0.8, 1 / 0.75)]
    [TestCase(0.5, 2.5)]
    [TestCase(0.4, 2.5, Description = "below the lowest it stays")]
    [TestCase(2, 1, Description = "above the highest too")]
    [TestCase(1 / 1.5, (1 / 0.75) + ((2.5 - (1 / 0.75)) * (0.25 / 0.75)))]
    public void Logits_BeforeTraining_AreTheTeachersTimesTheScale(double temperature, double scale)
    {
        using var noGrad = no_grad();
        foreach (var conditioning in new[] { TemperatureConditioning.Weights, TemperatureConditioning.EveryPosition, TemperatureConditioning.LayerNorms })
        {
            using var student = Gpt2Student.From(teacher, conditioning, (0.5, 1), new() { OutputTemperatures = Output });
            student.eval();
            student.SetTemperature(temperature);

            var logits = student.Logits(student.Hidden(tokens, full([4], temperature, ScalarType.Float32)));

            TensorAssert.AreClose(logits, teacher.forward(tokens) * scale, 2e-5, conditioning.ToString());
        }
    }

    [Test]
    public void Logits_OfAStudentOfOneTemperature_HaveItsScale()
    {
        using var noGrad = no_grad();
        using var student = OfOne();

        TensorAssert.AreClose(student.forward(tokens), teacher.forward(tokens) * (Math.Exp(0.1) / 0.75), 2e-5);
    }

    [Test]
    public void AtTemperature_OfAStudentOfOne_HasTheScaleInItsLastNorm()
    {
        using var noGrad = no_grad();
        using var student = OfOne();

        using var plain = Gpt2Student.AtTemperature(student, 0.8);
        plain.eval();

        TensorAssert.AreClose(plain.Hidden(tokens), student.Hidden(tokens), 1e-5);
        Assert.That((plain.Config.OutputTemperatures, plain.Config.LowestTemperature), Is.EqualTo(((IReadOnlyList<OutputTemperature>?)null, (double?)0.8)));
        Assert.That(() => Gpt2Student.AtTemperature(student, 0.7), Throws.ArgumentException.With.Message.Contains("T = 0.8 alone"));
    }

    [Test]
    public void AtTemperature_OfRows_HasTheScaleInItsLastNorm(
        [Values(TemperatureConditioning.EveryPosition, TemperatureConditioning.LayerNorms)] TemperatureConditioning conditioning)
    {
        using var noGrad = no_grad();
        using var student = Gpt2Student.From(teacher, conditioning, (0.5, 1), new() { OutputTemperatures = Output });
        student.eval();
        student.get_parameter("temperature.weight")!.normal_(0, 0.03, new Generator(5));
        student.get_parameter("output.log_scale")!.fill_(-0.2);

        using var plain = Gpt2Student.AtTemperature(student, 0.6);
        plain.eval();

        TensorAssert.AreClose(plain.Hidden(tokens), student.Hidden(tokens, full([4], 0.6, ScalarType.Float32)), 1e-5);
    }

    [Test]
    public void From_AStudentWithAScale_DoesTheSame()
    {
        using var noGrad = no_grad();
        using var student = OfOne();

        using var copy = Gpt2Student.From(student, TemperatureConditioning.None);
        copy.eval();

        TensorAssert.AreClose(copy.forward(tokens), student.forward(tokens), 2e-5);
    }

    [Test]
    public void Load_AfterSave_KeepsTheScale()
    {
        using var folder = new TemporaryFolder();
        using var noGrad = no_grad();
        using var student = OfOne();
        Gpt2Checkpoint.Save(student, folder.PathOf("m"));

        using var loaded = Gpt2Checkpoint.Load(folder.PathOf("m"));
        loaded.eval();

        Assert.That(loaded.Config.OutputTemperatures, Is.EqualTo(Output));
        TensorAssert.AreSame(loaded.Hidden(tokens), student.Hidden(tokens));
    }

    [Test]
    public void Gradient_OfTheScale_IsThatOfTheLogits()
    {
        using var student = OfOne();
        var logits = student.forward(tokens);
        var loss = logits.log_softmax(-1).select(2, 3).mean();
        loss.backward();

        using var noGrad = no_grad();
        var mean = (logits.softmax(-1) * logits).sum(-1);
        var expected = (logits.select(2, 3) - mean).mean();
        TensorAssert.AreClose(student.get_parameter("output.log_scale")!.grad!, expected.view(1), 1e-5);
    }

    [Test]
    public void Configuration_WithFaults_NamesEach()
    {
        var faults = Gpt2ConfigCheck.Faults(new Gpt2Config { OutputTemperatures = [new(0.5, 0), new(0.5, 1)], PathRank = 0, LowestTemperature = -1 });

        Assert.That(faults, Is.EqualTo(new[]
        {
            "lhts_lowest_temperature is -1; it must be a number above 0",
            "lhts_path_rank is 0; it must be at least 1",
            "lhts_output_temperatures holds temperature 0.5 with tau 0; both must be numbers above 0",
            "lhts_output_temperatures holds a temperature twice",
            "lhts_output_temperatures needs a conditioning, or one temperature as lhts_lowest_temperature and lhts_highest_temperature",
        }));
    }

    private Gpt2 OfOne()
    {
        var student = Gpt2Student.From(teacher, TemperatureConditioning.None, (0.8, 0.8), new() { OutputTemperatures = Output });
        student.eval();
        using var noGrad = no_grad();
        student.get_parameter("output.log_scale")!.fill_(0.1);
        return student;
    }
}
