using Lhts.Models.Gpt;
using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Models.Tests.Gpt;

/// <summary>What a student knows of its long-horizon temperature.</summary>
public sealed class TemperatureTests : TensorTest
{
    private Tensor tokens = null!;
    private Gpt2 teacher = null!;

    [SetUp]
    public void SetUp()
    {
        tokens = Reference.Read(Reference.Batches, "batch0.input_ids");
        teacher = Reference.Load("teacher");
    }

    [TearDown]
    public void TearDown() => teacher.Dispose();

    [Test]
    public void From_WithoutPrefix_StartsExactlyAsTheTeacherAtAnyTemperature(
        [Values(TemperatureConditioning.EveryPosition, TemperatureConditioning.LayerNorms)] TemperatureConditioning conditioning)
    {
        using var noGrad = no_grad();
        using var student = Student(conditioning);

        var hidden = student.Hidden(tokens, Temperatures(0.25, 0.5, 1, 2));

        TensorAssert.AreSame(hidden, teacher.Hidden(tokens));
    }

    [Test]
    public void From_WithPrefix_AlignsItsOutputsWithTheTokens()
    {
        using var noGrad = no_grad();
        using var student = Student(TemperatureConditioning.Prefix);

        var logits = student.Logits(student.Hidden(tokens, Temperatures(0.25, 0.5, 1, 2)));

        Assert.That(logits.shape, Is.EqualTo(new[] { 4, 32, 97 }));
        var expected = teacher.forward(tokens);
        var aligned = Divergence(expected, logits);
        var shifted = Divergence(expected.narrow(1, 1, 31), logits.narrow(1, 0, 31));
        Assert.That(aligned, Is.EqualTo(0.017).Within(0.0005),
            "what docs/models.md gives: a prefix takes part in the softmax even while its embedding is zero");
        Assert.That(aligned, Is.LessThan(shifted / 10));
    }

    [Test]
    public void Hidden_AtTemperatureOne_IsThatWithoutTemperature(
        [Values(TemperatureConditioning.EveryPosition, TemperatureConditioning.Prefix,
        TemperatureConditioning.LayerNorms)] TemperatureConditioning conditioning)
    {
        using var noGrad = no_grad();
        using var student = Student(conditioning, isTrained: true);

        TensorAssert.AreClose(student.Hidden(tokens, Temperatures(1, 1, 1, 1)), student.Hidden(tokens), 1e-6);
    }

    [Test]
    public void Hidden_OfATrainedStudent_DependsOnEachRowsTemperatureOnly(
        [Values(TemperatureConditioning.EveryPosition, TemperatureConditioning.Prefix,
            TemperatureConditioning.LayerNorms)] TemperatureConditioning conditioning)
    {
        using var noGrad = no_grad();
        using var student = Student(conditioning, isTrained: true);

        var one = student.Hidden(tokens, Temperatures(0.5, 0.5, 0.5, 0.5));
        var other = student.Hidden(tokens, Temperatures(0.5, 0.9, 0.5, 0.5));

        TensorAssert.AreClose(one[0], other[0], 1e-6);
        TensorAssert.AreClose(one[3], other[3], 1e-6);
        Assert.That(TensorAssert.MaxDifference(one[1], other[1]), Is.GreaterThan(1e-3));
    }

    [Test]
    public void Gradient_OfTheTemperatureMap_IsNotZeroAtTheStart(
        [Values(TemperatureConditioning.EveryPosition, TemperatureConditioning.Prefix,
            TemperatureConditioning.LayerNorms)] TemperatureConditioning conditioning)
    {
        using var student = Student(conditioning);

        student.Logits(student.Hidden(tokens, Temperatures(0.5, 0.5, 0.5, 0.5))).log_softmax(-1).select(2, 3).mean().backward();

        var gradient = student.named_parameters().Single(pair => pair.Item1 == "temperature.weight").Item2.grad!;
        Assert.That(gradient.abs().max().item<float>(), Is.GreaterThan(1e-6));
    }

    [Test]
    public void AtTemperature_OfAStudentWithoutPrefix_IsAPlainModelWithTheSameLogits(
        [Values(TemperatureConditioning.EveryPosition, TemperatureConditioning.LayerNorms)] TemperatureConditioning conditioning)
    {
        using var noGrad = no_grad();
        using var student = Student(conditioning, isTrained: true);

        using var plain = Gpt2Student.AtTemperature(student, 0.7);
        plain.eval();

        Assert.That(plain.Config.TemperatureConditioning, Is.EqualTo(TemperatureConditioning.None));
        TensorAssert.AreClose(plain.Hidden(tokens), student.Hidden(tokens, Temperatures(0.7, 0.7, 0.7, 0.7)), 1e-5);
    }

    /// <summary>A gain of -0.1 in the last norm divides the logits by T, to first order in T - 1.</summary>
    [TestCase(0.9)]
    [TestCase(1.1)]
    public void LayerNorms_WithAGainInTheLastOne_ScaleTheLogits(double temperature)
    {
        using var noGrad = no_grad();
        using var student = Student(TemperatureConditioning.LayerNorms);
        var learned = student.named_parameters().Single(pair => pair.Item1 == "temperature.weight").Item2;
        learned.select(0, learned.shape[0] - 2).fill_(-0.1);

        var logits = student.Logits(student.Hidden(tokens, Temperatures(temperature, temperature, temperature, temperature)));

        TensorAssert.AreClose(logits, teacher.forward(tokens) * (2 - temperature), 1e-4);
    }

    [Test]
    public void From_AStudentOfAnotherConditioning_KeepsNothingOfItsTemperatures()
    {
        using var student = Student(TemperatureConditioning.EveryPosition, isTrained: true);
        using var other = Gpt2Student.From(student, TemperatureConditioning.LayerNorms);
        Assert.That(other.named_parameters().Single(pair => pair.Item1 == "temperature.weight").Item2.abs().max().item<float>(), Is.Zero);
    }

    [Test]
    public void AtTemperature_OfAStudentWithPrefix_IsRefused()
    {
        using var student = Student(TemperatureConditioning.Prefix);

        Assert.That(() => Gpt2Student.AtTemperature(student, 0.7), Throws.ArgumentException.With.Message.Contains("prefix"));
    }

    [Test]
    public void Hidden_TemperaturesForAPlainModel_IsRefused() =>
        Assert.That(() => teacher.Hidden(tokens, Temperatures(1, 1, 1, 1)), Throws.ArgumentException.With.Message.Contains("knows no temperature"));

    [Test]
    public void Hidden_MoreTokensThanTheContext_IsRefused() =>
        Assert.That(() => teacher.Hidden(zeros([1, 33], ScalarType.Int64)),
            Throws.ArgumentException.With.Message.Contains("33 tokens exceed the model's context of 32"));

    private static Tensor Temperatures(params double[] values) => tensor(values, ScalarType.Float32);

    /// <summary>KL(teacher || student), mean over positions.</summary>
    private static double Divergence(Tensor teacherLogits, Tensor studentLogits)
    {
        var (p, q) = (teacherLogits.log_softmax(-1), studentLogits.log_softmax(-1));
        return (p.exp() * (p - q)).sum(-1).mean().item<double>();
    }

    private Gpt2 Student(TemperatureConditioning conditioning, bool isTrained = false)
    {
        var student = Gpt2Student.From(teacher, conditioning);
        student.eval();
        using var noGrad = no_grad();
        if (isTrained)
        {
            student.named_parameters().Single(pair => pair.Item1 == "temperature.weight").Item2.normal_(0, conditioning == TemperatureConditioning.LayerNorms
                ? 0.03
                : 0.3, new Generator(5));
        }

        return student;
    }
}
