using System.Text.Json;
using Lhts.Models.Gpt;
using Lhts.Objectives;
using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Models.Tests.Gpt;

/// <summary>
/// The whole step on the reference's weights and tokens: teacher, weights, student, loss and gradients, against the authors' released code,
/// for every temperature, horizon and KL weight given there. The baseline goes on from the first batch to the second.
/// </summary>
public sealed class ReferenceStepTests : TensorTest
{
    /// <summary>Of losses and gradient norms.</summary>
    private const double RelativeTolerance = 1e-4;

    private static readonly ReferenceStep[] Steps = JsonSerializer.Deserialize<ReferenceStep[]>(
        File.ReadAllText(Reference.PathOf("tiny.steps.json")), new JsonSerializerOptions(JsonSerializerDefaults.Web))!;

    [TestCaseSource(nameof(Steps))]
    public void Step_OfBothBatches_EqualsTheReleasedCode(ReferenceStep step)
    {
        using var teacher = Reference.Load("teacher");
        using var student = Reference.Load("student");
        using var objective = new LhtsObjective(new LhtsOptions { Horizon = step.Horizon, Beta = step.Beta }, maxLength: 31);
        for (var index = 0; index < 2; index++)
        {
            using var scope = NewDisposeScope();
            var summary = RunStep(teacher, student, objective, $"batch{index}", step.Temperature);

            var expected = step.Batches[index];
            AssertClose(summary[LossFigures.Likelihood]!.Value, expected.Loss, "loss");
            AssertClose(summary[LossFigures.Kl]!.Value * step.Beta, expected.Kl, "KL");
            AssertGradients(student, expected);
            student.zero_grad();
        }
    }

    private static FigureTable RunStep(Gpt2 teacher, Gpt2 student, LhtsObjective objective, string name, double temperature)
    {
        var tokens = Reference.Read(Reference.Batches, $"{name}.input_ids");
        var inputs = tokens.narrow(1, 0, 31);
        var mask = Reference.Read(Reference.Common, $"{name}.loss_mask").to(ScalarType.Bool);
        var batch = new ObjectiveBatch(tokens.narrow(1, 1, 31), mask, full([4], temperature, ScalarType.Float64));
        TeacherSignal signal;
        using (no_grad())
        {
            var logits = teacher.forward(inputs); // (B, L-1, V)
            signal = new TeacherSignal(logits.log_softmax(-1).gather(2, batch.Targets.unsqueeze(2)).squeeze(2), logits);
        }

        objective.Observe(batch, signal);
        objective.Commit();
        var loss = objective.Loss(batch, new StudentStates(student.Hidden(inputs), student.Logits), signal);
        loss.Backward(1 / ((IObjective)objective).CountOf(batch));
        objective.EndStep();
        return FigureTable.Of(objective, loss);
    }

    private static void AssertGradients(Gpt2 student, ReferenceBatch expected)
    {
        double squares = 0;
        foreach (var (name, parameter) in student.named_parameters())
        {
            var norm = parameter.grad!.to(ScalarType.Float64).norm().item<double>();
            squares += norm * norm;
            AssertClose(norm, expected.GradientNorms[Gpt2Tensors.FileName(name)], name);
        }

        AssertClose(Math.Sqrt(squares), expected.GradientNorm, "gradient norm");
    }

    private static void AssertClose(double actual, double expected, string what) =>
        Assert.That(actual, Is.EqualTo(expected).Within(RelativeTolerance * Math.Abs(expected)), what);

    /// <summary>One setting of the released code's runs.</summary>
    public sealed record ReferenceStep(double Temperature, long Horizon, double Beta, ReferenceBatch[] Batches)
    {
        public override string ToString() => FormattableString.Invariant($"T {Temperature}, horizon {Horizon}, beta {Beta}");
    }

    /// <summary>Its figures for one batch.</summary>
    public sealed record ReferenceBatch(double Loss, double Kl, double GradientNorm, Dictionary<string, double> GradientNorms);
}
