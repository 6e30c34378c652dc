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

    /// <summary>Arguments: input (B*L, E), block, attention context. Gives (B*L, E).</summary>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (input, block, context) = ((Tensor)vars[0], (Gpt2Block)vars[1], (AttentionContext)vars[2]);
        ctx.save_for_backward([input, .. TensorsOf(context)]);
        ctx.save_data(Block, block);
        ctx.save_data(Context, context);
        ctx.save_data(Random, RandomReplay.Capture(input.device));
        return block.forward(input, context);
    }

    /// <summary>Runs the block again, with a graph, and backward through it; its parameters' gradients are added up as ever.</summary>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        var context = WithTensors((AttentionContext)ctx.get_data(Context), saved);
        var input = saved[0].detach();
        input.requires_grad = true;
        using (((RandomReplay)ctx.get_data(Random)).Replay())
        using (enable_grad())
        {
            var output = ((Gpt2Block)ctx.get_data(Block)).forward(input, context);
            autograd.backward([output], [grad_output]);
        }

        return [input.grad!, null!, null!];
    }

    /// <summary>What the context holds that may be gone by the time of the backward pass.</summary>
    private static Tensor[] TensorsOf(AttentionContext context) => [.. new[] { context.Mask, context.Temperature?.Signal }.OfType<Tensor>()];

    private static AttentionContext WithTensors(AttentionContext context, List<Tensor> saved) => context with
    {
        Mask = context.Mask is null ? null : saved[1],
        Temperature = context.Temperature is { } temperature ? temperature with { Signal = saved[^1] } : null,
    };
}
