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
        ctx.save_for_backward(context.Mask is null ? [input] : [input, context.Mask]);
        ctx.save_data(Block, block);
        ctx.save_data(Context, context);
        ctx.save_data(Random, RandomReplay.Capture(input.device));
        return block.forward(input, context);
    }

    /// <summary>Runs the block again, with a graph, and backward through it; its parameters' gradients are added up as ever.</summary>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        var context = (AttentionContext)ctx.get_data(Context) with { Mask = saved.Count > 1 ? saved[1] : null };
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
}
