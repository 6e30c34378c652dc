using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Approximate = TorchSharp.Modules.GELU.Approximate; // torch.nn.GELU is a method in TorchSharp

namespace Lhts.Models.Gpt;

/// <summary>The two-layer perceptron of a block, with GELU in its tanh form.</summary>
internal sealed class FeedForward : Module<Tensor, Tensor>
{
    private readonly Conv1D c_fc;
    private readonly Conv1D c_proj;
    private readonly double residualDropout;

    public FeedForward(Gpt2Config config)
        : base(nameof(FeedForward))
    {
        residualDropout = config.ResidualDropout;
        c_fc = new Conv1D(config.EmbeddingSize, config.FeedForwardSize);
        c_proj = new Conv1D(config.FeedForwardSize, config.EmbeddingSize);
        register_module(nameof(c_fc), c_fc);
        register_module(nameof(c_proj), c_proj);
    }

    /// <summary>(B*L, E) → (B*L, E).</summary>
    public override Tensor forward(Tensor input)
    {
        var activated = functional.gelu(c_fc.forward(input).Widened(), Approximate.tanh); // (B*L, F)
        var output = c_proj.forward(activated);
        return training && residualDropout > 0 ? functional.dropout(output, residualDropout) : output;
    }
}
