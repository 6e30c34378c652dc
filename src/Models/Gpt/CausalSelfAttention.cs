using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Lhts.Models.Gpt;

// B rows, L new positions, S positions in all (L plus those of the cache), E width, H heads, D = E / H.

/// <summary>Multi-head causal attention with one fused map for queries, keys and values.</summary>
internal sealed class CausalSelfAttention : Module<Tensor, AttentionContext, Tensor>
{
    private readonly Conv1D c_attn;
    private readonly Conv1D c_proj;
    private readonly int layer;
    private readonly long numHeads;
    private readonly double attentionDropout;
    private readonly double residualDropout;

    public CausalSelfAttention(Gpt2Config config, int layer)
        : base(nameof(CausalSelfAttention))
    {
        this.layer = layer;
        numHeads = config.NumHeads;
        attentionDropout = config.AttentionDropout;
        residualDropout = config.ResidualDropout;
        c_attn = new Conv1D(config.EmbeddingSize, 3L * config.EmbeddingSize);
        c_proj = new Conv1D(config.EmbeddingSize, config.EmbeddingSize);
        register_module(nameof(c_attn), c_attn);
        register_module(nameof(c_proj), c_proj);
    }

    /// <summary>(B*L, E) → (B*L, E).</summary>
    public override Tensor forward(Tensor input, AttentionContext context)
    {
        // chunk, not select: its backward is one concatenation.
        var parts = c_attn.forward(input).Widened().chunk(3, 1); // 3 of (B*L, E)
        var query = SplitHeads(parts[0], context); // (B, H, L, D)
        var key = SplitHeads(parts[1], context);
        var value = SplitHeads(parts[2], context);
        if (context.Cache is not null) (key, value) = context.Cache.Append(layer, key, value); // (B, H, S, D)

        var dropout = training ? attentionDropout : 0;
        var mixed = functional.scaled_dot_product_attention(query, key, value, context.Mask, dropout, context.IsCausal); // (B, H, L, D)
        var joined = mixed.transpose(1, 2).reshape(input.shape); // (B*L, E)
        var output = c_proj.forward(joined);
        return training && residualDropout > 0 ? functional.dropout(output, residualDropout) : output;
    }

    private Tensor SplitHeads(Tensor joined, AttentionContext context) =>
        joined.view(context.NumRows, context.Length, numHeads, -1).transpose(1, 2); // (B, H, L, D)
}
