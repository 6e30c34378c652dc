using System.Text.Json;
using Lhts.Models.Gpt;
using Lhts.Models.Safetensors;
using Lhts.Objectives;
using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Trainer.Tests.Training;

/// <summary>
/// The whole step from weights and tokens to gradients, against the authors' released code on a tiny Hugging Face GPT-2: loss, KL and the norm
/// of every parameter's gradient, for both batches, three temperatures, three horizons, with and without KL.
/// </summary>
public sealed class ReferenceStepTests : TensorTest
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private string folder = null!;

    private static IEnumerable<TestCaseData> Steps() =>
        JsonSerializer.Deserialize<ReferenceStep[]>(File.ReadAllText(Repository.PathOf("tests", "Trainer", "Data", "reference-steps.json")), Json)!
            .Select(step => new TestCaseData(step).SetArgDisplayNames($"T {step.Temperature}, horizon {step.Horizon}, beta {step.Beta}"));

    [OneTimeSetUp]
    public void Make() => folder = Directory.CreateTempSubdirectory("lhts-").FullName;

    [OneTimeTearDown]
    public void Remove() => Directory.Delete(folder, recursive: true);

    [TestCaseSource(nameof(Steps))]
    public void Step_OnTheReferenceModel_HasTheReleasedCodesGradients(ReferenceStep expected)
    {
        using var teacher = Load("teacher");
        using var student = Load("student");
        var options = new LhtsOptions { Horizon = expected.Horizon, Clip = 3, Baseline = BaselineKind.IndexToken, Beta = expected.Beta };
        using var objective = new LhtsObjective(options, maxLength: 31);
        for (var i = 0; i < 2; i++)
        {
            using var scope = NewDisposeScope();
            var (tokens, batch) = Read(i, expected.Temperature);
            TeacherSignal signal;
            using (no_grad())
            {
                var logits = teacher.Logits(teacher.Hidden(tokens)); // (B, L, V)
                signal = new TeacherSignal(TokenHead.LogProbs(logits, batch.Targets), logits);
            }

            objective.Observe(batch, signal);
            Assert.That(objective.Commit(), Is.False);
            var loss = objective.Loss(batch, student.Logits(student.Hidden(tokens)), signal);
            loss.Backward(1 / objective.CountOf(batch));
            Compare(expected.Batches[i], loss.Sums.Summarise(), expected.Beta, student);
            objective.EndStep();
            student.zero_grad();
        }
    }

    private static void Compare(ReferenceBatch expected, LossSummary loss, double beta, Gpt2 student)
    {
        var norms = student.named_parameters().ToDictionary(p => p.Item1, p => p.Item2.grad!.norm().item<double>());
        var total = Math.Sqrt(norms.Values.Sum(norm => norm * norm));
        Assert.Multiple(() =>
        {
            Assert.That(loss.Likelihood, Is.EqualTo(expected.Loss).Within(1e-4 * expected.Loss));
            Assert.That(loss.Kl * beta, Is.EqualTo(expected.Kl).Within(1e-4 * Math.Abs(expected.Kl)));
            Assert.That(total, Is.EqualTo(expected.GradientNorm).Within(1e-4 * expected.GradientNorm));
            Assert.That(norms.Keys, Is.EquivalentTo(expected.GradientNorms.Keys));
            foreach (var (name, norm) in expected.GradientNorms)
            {
                // Relative to the whole gradient: a norm of nearly nothing is rounding noise.
                Assert.That(norms[name], Is.EqualTo(norm).Within(1e-4 * norm + (1e-6 * expected.GradientNorm)), name);
            }
        });
    }

    private Gpt2 Load(string name)
    {
        var path = Path.Combine(folder, name);
        if (!Directory.Exists(path))
        {
            Directory.CreateDirectory(path);
            File.Copy(DataOf("tiny.config.json"), Path.Combine(path, "config.json"));
            File.Copy(DataOf($"tiny.{name}.safetensors"), Path.Combine(path, "model.safetensors"));
        }

        var model = Gpt2Checkpoint.Load(path);
        model.eval();
        return model;
    }

    /// <summary>Tokens (B, L) and batch in the released code's convention: position t predicts token t+1; the first always counts, the others up to the first padding.</summary>
    private static (Tensor Tokens, ObjectiveBatch Batch) Read(int number, double temperature)
    {
        using var file = SafetensorsFile.Open(DataOf("tiny.batches.safetensors"));
        var ids = file.Read($"batch{number}.input_ids"); // (B, L+1)
        var mask = file.Read($"batch{number}.attention_mask").narrow(1, 0, ids.size(1) - 1).clone(); // (B, L)
        mask.narrow(1, 0, 1).fill_(1);
        return (
            ids.narrow(1, 0, ids.size(1) - 1).contiguous(),
            new ObjectiveBatch(ids.narrow(1, 1, ids.size(1) - 1).contiguous(), mask.@bool(), full([ids.size(0)], temperature, float32)));
    }

    private static string DataOf(string name) => Repository.PathOf("tests", "Models", "Data", name);

    /// <summary>Settings, and what the released code computed for each of the two batches.</summary>
    public sealed record ReferenceStep(double Temperature, long Horizon, double Beta, ReferenceBatch[] Batches);

    /// <summary>Loss (means over documents), KL times beta, and norms of gradients.</summary>
    public sealed record ReferenceBatch(double Loss, double Kl, double GradientNorm, Dictionary<string, double> GradientNorms);
}
