using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Models.Gpt;

/// <summary>
/// A block that keeps its input alone and runs again during backward (Chen et al. 2016): memory for one block's activations instead of
/// all blocks', for one more forward pass. Random numbers are replayed, so that gradients are those of the plain block.
/// </summary>
internal sealed class CheckpointedBlock : autograd.SingleTensorFunction<CheckpointedBlock>
{
    private const string Block = "block";
    private const string Context = "context";
    private const string Random = "random";

    public override string Name => nameof(CheckpointedBlock);

    /// <summary>Runs a block; (B*L, E) → (B*L, E).</summary>
    public static Tensor Run(Tensor input, Gpt2Block block, AttentionContext context) => context.Temperature is { } temperature
        ? apply(input, block, context, temperature.Weight)
        : apply(input, block, context);

    /// <summary>
    /// Arguments: input (B*L, E), block, attention context and, where the norms answer to temperatures, what is learned of these. That belongs to all
    /// blocks: as an argument its gradient comes once, when the last block has added to it, and not from every block's own backward pass. Gives (B*L, E).
    /// </summary>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (input, block, context) = ((Tensor)vars[0], (Gpt2Block)vars[1], (AttentionContext)vars[2]);
        ctx.save_for_backward([input, .. TensorsOf(context)]);
        ctx.save_data(Block, block);
        ctx.save_data(Context, context);
        ctx.save_data(Random, RandomReplay.Capture(input.device));
        return block.forward(input, context);
    }

    /// <summary>Runs the block again, with a graph, and backward through it; its own parameters' gradients are added up as ever.</summary>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        var context = WithTensors((AttentionContext)ctx.get_data(Context), saved);
        var input = Leaf(saved[0]);
        using (((RandomReplay)ctx.get_data(Random)).Replay())
        using (enable_grad())
        {
            Tensor output;
            using (context.Precision.Open(input.device)) output = ((Gpt2Block)ctx.get_data(Block)).forward(input, context);
            autograd.backward([output], [grad_output]);
        }

        return context.Temperature is { } temperature ? [input.grad!, null!, null!, temperature.Weight.grad!] : [input.grad!, null!, null!];
    }

    /// <summary>What the context holds that may be gone by the time of the backward pass.</summary>
    private static Tensor[] TensorsOf(AttentionContext context) =>
        [.. new[] { context.Mask, context.Temperature?.Signal, context.Temperature?.Weight }.OfType<Tensor>()];

    private static AttentionContext WithTensors(AttentionContext context, List<Tensor> saved) => context with
    {
        Mask = context.Mask is null ? null : saved[1],
        Temperature = context.Temperature is null ? null : new TemperatureSignal(Leaf(saved[^1]), saved[^2]),
    };

    /// <summary>The same numbers at the beginning of a graph of their own.</summary>
    private static Tensor Leaf(Tensor tensor)
    {
        var leaf = tensor.detach();
        leaf.requires_grad = true;
        return leaf;
    }
}
