using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Dispatch.Benchmarks;

/// <summary>AdamW over the parameters of the smallest GPT-2: 148 tensors, 124 million numbers.</summary>
internal static class OptimizerStep
{
    /// <summary>The parameters' number and an action that makes one step.</summary>
    public static (int NumParameters, Action Step) Make(long width, int numLayers)
    {
        var parameters = Shapes(width, numLayers).Select(shape => new Parameter(zeros(shape))).ToList();
        foreach (var parameter in parameters) parameter.grad = full_like(parameter, 1e-3);
        var optimizer = optim.AdamW(parameters, weight_decay: 0.01); // PyTorch's default decay
        return (parameters.Count, () => optimizer.step());
    }

    private static IEnumerable<long[]> Shapes(long width, int numLayers)
    {
        yield return [50257, width];
        yield return [1024, width];
        for (var layer = 0; layer < numLayers; layer++)
        {
            long[][] block =
            [
                [width], [width], [width, 3 * width], [3 * width], [width, width], [width],
                [width], [width], [width, 4 * width], [4 * width], [4 * width, width], [width],
            ];
            foreach (var shape in block) yield return shape;
        }

        yield return [width];
        yield return [width];
    }
}
