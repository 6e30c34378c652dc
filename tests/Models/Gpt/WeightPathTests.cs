using Lhts.Models.Gpt;
using Lhts.Models.Safetensors;
using Lhts.Testing;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Models.Tests.Gpt;

/// <summary>A student as a path in weight space: theta(T) = theta_teacher + x (D1 + x D2).</summary>
public sealed class WeightPathTests : TensorTest
{
    private const double Lowest = 0.65;

    private static readonly OutputTemperature[] Output = [new(0.65, 0.55), new(0.8, 0.77), new(1, 1)];

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

    [Test]
    public void Hidden_OfAnUntrainedStudent_IsTheTeachersAtAnyTemperature([Values(null, 3)] int? rank, [Values(0.65, 1, 1.4)] double temperature)
    {
        using var noGrad = no_grad();
        using var student = Gpt2Student.From(teacher, TemperatureConditioning.Weights, (Lowest, 1), new() { Rank = rank });
        student.eval();

        student.SetTemperature(temperature);

        TensorAssert.AreSame(student.Hidden(tokens), teacher.Hidden(tokens));
    }

    [Test]
    public void Hidden_OfATrainedStudentAtOne_IsTheTeachersToTheBit([Values(null, 3)] int? rank, [Values] bool isTraining)
    {
        using var noGrad = no_grad();
        using var student = Trained(rank);
        student.train(isTraining);
        student.SetTemperature(0.7);
        var moved = student.Hidden(tokens);

        student.SetTemperature(1);
        student.eval();

        TensorAssert.AreSame(student.Hidden(tokens), teacher.Hidden(tokens));
        Assert.That(TensorAssert.MaxDifference(moved, teacher.Hidden(tokens)), Is.GreaterThan(0.01));
    }

    [Test]
    public void Weights_AtATemperature_AreThoseOfTheFormula([Values(null, 3)] int? rank, [Values(0.65, 0.8, 1.3)] double temperature)
    {
        using var noGrad = no_grad();
        using var student = Trained(rank);

        student.SetTemperature(temperature);

        var x = ((1 / temperature) - 1) / ((1 / Lowest) - 1);
        var learned = student.TrainedParameters.ToDictionary(pair => pair.Name, pair => (Tensor)pair.Parameter);
        foreach (var (name, theta) in Written(learned, x)) TensorAssert.AreClose(student.get_parameter(name)!, theta, 1e-6, name);
    }

    [Test]
    public void CollectGradients_AtSeveralTemperatures_GivesThoseOfAutogradThroughTheFormula([Values(null, 3)] int? rank)
    {
        using var student = Trained(rank);
        var leaves = student.TrainedParameters.ToDictionary(pair => pair.Name, pair => Leaf(pair.Parameter));
        foreach (var temperature in new[] { 0.65, 0.8, 1, 1.3 })
        {
            student.SetTemperature(temperature);
            Loss(student).backward();
            var x = ((1 / temperature) - 1) / ((1 / Lowest) - 1);
            foreach (var (name, theta) in Written(leaves, x)) (theta * student.get_parameter(name)!.grad!).sum().backward();
            student.CollectGradients();
        }

        foreach (var (name, parameter) in student.TrainedParameters) TensorAssert.AreClose(parameter.grad!, leaves[name].grad!, 1e-5, name);
        Assert.That(student.named_parameters().Where(pair => !student.TrainedParameters.Contains(pair)).Select(pair => pair.Item2.grad), Is.All.Null);
    }

    /// <summary>Independent of any formula: the loss at moved D1 and D2, in double precision.</summary>
    [Test]
    public void CollectGradients_AlongADirection_IsTheDifferenceOfLosses([Values(null, 3)] int? rank)
    {
        const double Distance = 1e-5;
        using var student = Trained(rank).to(ScalarType.Float64);
        student.SetTemperature(0.75);
        Loss(student).backward();
        student.CollectGradients();

        using var generator = new Generator(9);
        using var noGrad = no_grad();
        var directions = student.TrainedParameters
            .Select(pair => (pair.Parameter, Way: randn(pair.Parameter.shape, ScalarType.Float64, generator: generator))).ToArray();
        double At(double distance)
        {
            foreach (var (parameter, way) in directions) parameter.add_(way, distance);
            student.WeightsChanged();
            student.SetTemperature(0.75);
            return Loss(student).item<double>();
        }

        var difference = (At(Distance) - At(-2 * Distance)) / (2 * Distance);
        var slope = directions.Sum(pair => (pair.Parameter.grad! * pair.Way).sum().item<double>());
        Assert.That(slope, Is.EqualTo(difference).Within(1e-5 * Math.Max(1, Math.Abs(slope))));
    }

    [Test]
    public void CollectGradients_AfterNoBackward_LeavesZeros()
    {
        using var student = Trained(rank: 3);
        student.CollectGradients();
        Assert.That(student.TrainedParameters.Select(pair => pair.Parameter.grad!.abs().sum().item<float>()), Is.All.Zero);
    }

    /// <summary>As buckets of several ranks need it: their memory is added to, not replaced.</summary>
    [Test]
    public void CollectGradients_IntoGradientsThatAreThere_AddsInPlace()
    {
        using var student = Trained(rank: 3);
        var parameter = student.TrainedParameters[0].Parameter;
        var memory = ones_like(parameter);
        parameter.grad = memory;
        student.SetTemperature(0.7);
        Loss(student).backward();

        student.CollectGradients();

        Assert.That((memory - 1).abs().max().item<float>(), Is.GreaterThan(0));
    }

    [Test]
    public void SetTemperature_AfterAnUpdate_WritesTheWeightsAnew([Values] bool isTraining)
    {
        using var noGrad = no_grad();
        using var student = Trained(rank: null);
        student.train(isTraining);
        student.SetTemperature(0.7);
        var before = student.TokenEmbedding.clone();

        foreach (var (_, parameter) in student.TrainedParameters) parameter.mul_(2);
        if (!isTraining) student.WeightsChanged();
        student.SetTemperature(0.7);

        TensorAssert.AreClose(student.TokenEmbedding - teacher.TokenEmbedding, (before - teacher.TokenEmbedding) * 2, 1e-5);
    }

    [Test]
    public void SetTemperature_InEvaluationAfterTraining_SeesWhatTrainingHasChanged()
    {
        using var noGrad = no_grad();
        using var student = Trained(rank: null);
        student.train();
        student.SetTemperature(0.7);
        foreach (var (_, parameter) in student.TrainedParameters) parameter.zero_();

        student.eval();
        student.SetTemperature(0.7);

        TensorAssert.AreSame(student.TokenEmbedding, teacher.TokenEmbedding);
    }

    /// <summary>Sampling may ask at each token: a write would change the memory's version, which a graph notices.</summary>
    [Test]
    public void SetTemperature_WhereTheWeightsAre_TouchesNothing()
    {
        using var student = Trained(rank: null);
        student.eval();
        student.SetTemperature(0.7);
        var loss = Loss(student);

        student.SetTemperature(0.7);

        Assert.That(() => loss.backward(), Throws.Nothing);
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void SetTemperature_ThatIsNone_IsRefused(double temperature) =>
        Assert.That(() => teacher.SetTemperature(temperature), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void SetTemperature_OfOtherModels_ChangesNothing()
    {
        var expected = teacher.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value.clone());

        teacher.SetTemperature(0.5);
        teacher.CollectGradients();

        foreach (var (name, value) in teacher.state_dict()) TensorAssert.AreSame(value, expected[name], name);
        Assert.That(teacher.TrainedParameters.Select(pair => pair.Name), Is.EqualTo(teacher.named_parameters().Select(pair => pair.Item1)));
    }

    [Test]
    public void Load_AfterSaveAtAnotherTemperature_GivesTheSameBits([Values(null, 3)] int? rank)
    {
        using var folder = new TemporaryFolder();
        using var noGrad = no_grad();
        using var student = Trained(rank);
        student.SetTemperature(0.7);
        var expected = student.Hidden(tokens);
        Gpt2Checkpoint.Save(student, folder.PathOf("m"));

        using var loaded = Gpt2Checkpoint.Load(folder.PathOf("m"));
        loaded.eval();
        TensorAssert.AreSame(loaded.Hidden(tokens), teacher.Hidden(tokens), "a file is at T = 1");
        loaded.SetTemperature(0.7);
        TensorAssert.AreSame(loaded.Hidden(tokens), expected);

        using var restored = Gpt2Student.From(teacher, TemperatureConditioning.Weights, (Lowest, 1), new() { Rank = rank, OutputTemperatures = Output });
        restored.eval();
        restored.SetTemperature(0.7);
        restored.load_state_dict(loaded.state_dict());
        TensorAssert.AreSame(restored.Hidden(tokens), expected, "as a stage resumes, at the temperature that it stands at");
        restored.SetTemperature(1);
        TensorAssert.AreSame(restored.Hidden(tokens), teacher.Hidden(tokens));
    }

    [Test]
    public void Save_OfAPath_HoldsTheTeacherUnderPlainNames()
    {
        using var folder = new TemporaryFolder();
        using var student = Trained(rank: 3);
        student.SetTemperature(0.7);

        Gpt2Checkpoint.Save(student, folder.PathOf("m"));

        using var file = SafetensorsFile.Open(Path.Combine(folder.PathOf("m"), "model.safetensors"));
        foreach (var (name, parameter) in teacher.named_parameters()) TensorAssert.AreSame(file.Read(Gpt2Tensors.Prefix + name), parameter, name);
        var others = file.Tensors.Select(tensor => tensor.Name).Where(name => !name.StartsWith(Gpt2Tensors.Prefix, StringComparison.Ordinal)).ToArray();
        Assert.That(others, Is.All.StartsWith("lhts."));
        Assert.That(others, Does.Contain("lhts.path.h.0.attn.c_attn.weight.d1_a").And.Contain("lhts.path.ln_f.bias.d2").And.Contain("lhts.output.log_scale"));
    }

    [Test]
    public void AtTemperature_OfAPath_IsAPlainModelWithTheSameLogits([Values(null, 3)] int? rank, [Values(0.65, 0.7, 1)] double temperature)
    {
        using var noGrad = no_grad();
        using var student = Trained(rank);

        using var plain = Gpt2Student.AtTemperature(student, temperature);
        plain.eval();
        Assert.That(student.Temperature, Is.EqualTo(1), "the student stays where it is");
        student.SetTemperature(temperature);

        TensorAssert.AreClose(plain.forward(tokens), student.Logits(student.Hidden(tokens)), 1e-5);
        Assert.That(plain.named_parameters().Select(pair => pair.Item1), Is.EqualTo(teacher.named_parameters().Select(pair => pair.Item1)));
        Assert.That(plain.Config.OutputTemperatures, Is.Null);
    }

    [Test]
    public void Gradients_WithCheckpointing_AreBitwiseThoseWithout()
    {
        using var student = Trained(rank: 3);
        student.SetTemperature(0.7);
        var gradients = new List<Dictionary<string, Tensor>>();
        foreach (var isCheckpointed in new[] { false, true })
        {
            student.zero_grad();
            student.UsesCheckpointing = isCheckpointed;
            Loss(student).backward();
            student.CollectGradients();
            gradients.Add(student.TrainedParameters.ToDictionary(pair => pair.Name, pair => pair.Parameter.grad!.clone()));
        }

        foreach (var (name, gradient) in gradients[0]) TensorAssert.AreSame(gradients[1][name], gradient, name);
    }

    [Test]
    public void From_TemperaturesThatAreAllOne_IsRefused() =>
        Assert.That(
            () => Gpt2Student.From(teacher, TemperatureConditioning.Weights, (1, 1)),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("path in weight space"));

    [Test]
    public void From_TemperaturesAboveOne_HasItsUnitAtTheHighest()
    {
        using var noGrad = no_grad();
        using var student = Gpt2Student.From(teacher, TemperatureConditioning.Weights, (1, 2));
        student.get_parameter("path.ln_f/bias.d1")!.fill_(1);

        student.SetTemperature(2);

        TensorAssert.AreSame(student.get_parameter("ln_f.bias")!, teacher.get_parameter("ln_f.bias")! + 1);
    }

    [Test]
    public void From_AStudentOfThePath_KeepsItForTheSameTemperatures()
    {
        using var student = Trained(rank: 3);
        using var same = Gpt2Student.From(student, TemperatureConditioning.Weights, (Lowest, 1), new() { Rank = 3 });
        using var other = Gpt2Student.From(student, TemperatureConditioning.Weights, (0.5, 1));

        TensorAssert.AreSame(same.get_parameter("path.wte/weight.d1_b")!, student.get_parameter("path.wte/weight.d1_b")!);
        Assert.That(other.TrainedParameters.Sum(pair => pair.Parameter.abs().sum().item<float>()), Is.Zero, "x means something else there");
    }

    private static Tensor Leaf(Tensor tensor)
    {
        var leaf = tensor.detach().clone();
        leaf.requires_grad = true;
        return leaf;
    }

    /// <summary>theta = theta_teacher + x (D1 + x D2), written out, of what is learned by name.</summary>
    private IEnumerable<(string Name, Tensor Theta)> Written(Dictionary<string, Tensor> learned, double x)
    {
        Tensor D(string name, string power)
        {
            var key = $"path.{name.Replace('.', '/')}.{power}";
            return learned.TryGetValue(key, out var whole) ? whole : learned[key + "_a"].matmul(learned[key + "_b"]);
        }

        var names = teacher.named_parameters().Select(pair => (pair.Item1, (Tensor)pair.Item2)).Append(("output.log_scale", zeros(1)));
        foreach (var (name, start) in names) yield return (name, start.detach() + (x * (D(name, "d1") + (x * D(name, "d2")))));
    }

    private Tensor Loss(Gpt2 student) => student.Logits(student.Hidden(tokens)).log_softmax(-1).select(2, 3).mean();

    private Gpt2 Trained(int? rank)
    {
        var student = Gpt2Student.From(teacher, TemperatureConditioning.Weights, (Lowest, 1), new() { Rank = rank, OutputTemperatures = Output });
        student.eval();
        using var noGrad = no_grad();
        using var generator = new Generator(5);
        foreach (var (name, parameter) in student.TrainedParameters)
        {
            parameter.normal_(0, name.EndsWith("_a", StringComparison.Ordinal) ? 0.5 : 0.02, generator);
        }
        return student;
    }
}
