using Lhts.Models.Gpt;
using Lhts.Models.Safetensors;
using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Models.Tests.Gpt;

/// <summary>Parity with Hugging Face's GPT-2 on the same weights.</summary>
public sealed class Gpt2ReferenceTests : TensorTest
{
    private const double Tolerance = 1e-5;

    [Test]
    public void Logits_OfReferenceBatches_EqualHuggingFace(
        [Values("teacher", "student")] string name, [Values("batch0", "batch1")] string batch)
    {
        using var noGrad = no_grad();
        using var model = Reference.Load(name);
        var tokens = Reference.Read(Reference.Batches, $"{batch}.input_ids");

        var logits = model.forward(tokens);

        TensorAssert.AreClose(logits, Reference.Read(Reference.Common, $"{batch}.{name}_logits_nomask"), Tolerance);
    }

    [Test]
    public void LogProbs_OfReferenceBatches_EqualHuggingFace(
        [Values("teacher", "student")] string name, [Values("batch0", "batch1")] string batch)
    {
        using var noGrad = no_grad();
        using var model = Reference.Load(name);
        var tokens = Reference.Read(Reference.Batches, $"{batch}.input_ids");
        // The reference ran with an attention mask, which changes positions beyond the end of a document: only scored ones are compared.
        var mask = Reference.Read(Reference.Common, $"{batch}.loss_mask");

        var logProbs = LogProbs(model.forward(tokens), tokens);

        TensorAssert.AreClose(logProbs * mask, Reference.Read(Reference.Common, $"{batch}.{name}_logp") * mask, Tolerance);
    }

    [Test]
    public void Gradients_OfReferenceLoss_EqualHuggingFace([Values("batch0", "batch1")] string batch)
    {
        using var teacher = Reference.Load("teacher");
        using var student = Reference.Load("student");
        var tokens = Reference.Read(Reference.Batches, $"{batch}.input_ids");

        ReferenceLoss(teacher, student, tokens, batch).backward();

        using var step = SafetensorsFile.Open(Reference.PathOf(Reference.Step));
        foreach (var (name, parameter) in student.named_parameters())
        {
            TensorAssert.AreClose(parameter.grad!, step.Read($"{batch}.grad.{Gpt2Tensors.FileName(name)}"), Tolerance, name);
        }
    }

    /// <summary>The released code's loss at T 0.9, horizon 8, KL weight 0.05, with the reference's own sequence weights.</summary>
    private static Tensor ReferenceLoss(Gpt2 teacher, Gpt2 student, Tensor tokens, string batch)
    {
        var mask = Reference.Read(Reference.Common, $"{batch}.loss_mask").to(ScalarType.Float32); // (B, L-1)
        var weight = Reference.Read(Reference.Step, $"{batch}.weight"); // (B, L-1)
        Tensor teacherLogProbs;
        using (no_grad()) teacherLogProbs = teacher.forward(tokens).narrow(1, 0, tokens.shape[1] - 1).log_softmax(-1); // (B, L-1, V)
        var logits = student.forward(tokens);
        var studentLogProbs = logits.narrow(1, 0, tokens.shape[1] - 1).log_softmax(-1); // (B, L-1, V)
        var divergence = (studentLogProbs.exp() * (studentLogProbs - teacherLogProbs)).sum(-1); // (B, L-1)
        var perToken = LogProbs(logits, tokens).neg() * weight + divergence * 0.05;
        return ((perToken * mask).sum(1) / mask.sum(1)).mean();
    }

    private static Tensor LogProbs(Tensor logits, Tensor tokens)
    {
        var length = tokens.shape[1] - 1;
        return logits.narrow(1, 0, length).log_softmax(-1).gather(2, tokens.narrow(1, 1, length).unsqueeze(2)).squeeze(2); // (B, L-1)
    }
}
