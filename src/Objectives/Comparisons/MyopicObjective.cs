using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Objectives;

/// <summary>
/// Distils ordinary temperature: mean over sequences of the mean over valid positions of KL(softmax(z/T) || q), z the teacher's logits.
/// Its optimum is the teacher sampled at T token by token, whatever the prefixes are drawn from.
/// </summary>
public sealed class MyopicObjective : IObjective
{
    /// <inheritdoc/>
    public TeacherNeeds Needs => TeacherNeeds.LogProbs | TeacherNeeds.Logits;

    /// <inheritdoc/>
    public ObjectiveLoss Loss(ObjectiveBatch batch, StudentStates student, TeacherSignal? teacher)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        var root = student.Root(); // (B, L, E) or (B, L, V)
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var means = SequenceMeans.Of(batch.Mask);
        var shares = means.Shares();
        var divergence = TokenDivergence.Of(teacher, shares, KlDirection.TeacherStudent) with
        {
            InverseTemperatures = (1.0 / batch.Temperatures.to(ScalarType.Float64)).unsqueeze(1).expand(shares.shape), // (B, L)
        };
        var head = TokenHead.Differentiate(root, student, batch, zeros_like(shares), divergence);
        var kl = means.Mean(head.Kl!); // (B)
        var figures = new FigureValues(batch.Mask)
            .Add(LossFigures.Loss, kl).Add(LossFigures.Kl, kl).Add(LossFigures.Surprisal, -means.Sum(head.LogProbs));
        return ObjectiveLoss.Of(figures, root, student, head).MoveToOuterDisposeScope();
    }
}
