using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Lhts.Models.Gpt;

/// <summary>One pre-LayerNorm transformer block.</summary>
internal sealed class Gpt2Block : Module<Tensor, AttentionContext, Tensor>
{
    private readonly int layer;
    private readonly LayerNorm ln_1;
    private readonly CausalSelfAttention attn;
    private readonly LayerNorm ln_2;
    private readonly FeedForward mlp;

    public Gpt2Block(Gpt2Config config, int layer)
        : base(nameof(Gpt2Block))
    {
        this.layer = layer;
        ln_1 = LayerNorm(config.EmbeddingSize, config.LayerNormEpsilon);
        attn = new CausalSelfAttention(config, layer);
        ln_2 = LayerNorm(config.EmbeddingSize, config.LayerNormEpsilon);
        mlp = new FeedForward(config);
        register_module(nameof(ln_1), ln_1);
        register_module(nameof(attn), attn);
        register_module(nameof(ln_2), ln_2);
        register_module(nameof(mlp), mlp);
    }

    /// <summary>(B*L, E) → (B*L, E). Without gradients the block's temporaries are freed before the next block begins.</summary>
    public override Tensor forward(Tensor input, AttentionContext context)
    {
        using var scope = NewDisposeScope();
        var first = context.Modulate(ln_1.forward(input), TemperatureModulation.NormBeforeAttention(layer));
        var attended = input + attn.forward(first, context);
        var second = context.Modulate(ln_2.forward(attended), TemperatureModulation.NormBeforeFeedForward(layer));
        var output = attended + mlp.forward(second);
        return output.MoveToOuterDisposeScope();
    }
}
