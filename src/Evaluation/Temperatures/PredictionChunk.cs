using static TorchSharp.torch;

namespace Lhts.Evaluation.Temperatures;

/// <summary>Some predictions with what came.</summary>
/// <param name="Logits">(N, V), of any type; -infinity for what cannot come.</param>
/// <param name="Labels">N indices of what came.</param>
/// <param name="Groups">N numbers of what each belongs to, from 0: its document, or itself.</param>
public sealed record PredictionChunk(Tensor Logits, long[] Labels, int[] Groups)
{
    /// <summary>(N, V) probabilities of what may come, in place of <see cref="Labels"/>. Default: none.</summary>
    public Tensor? Targets { get; init; }
}
