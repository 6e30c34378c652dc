using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Models.Gpt;

/// <summary>How far a parameter moves away from the teacher's along one power of x: a tensor D of its shape, zero at first, trained.</summary>
internal abstract class Displacement
{
    /// <summary>What is trained, with the ending that its name gets: nothing for D itself, <c>_a</c> and <c>_b</c> for two factors.</summary>
    public abstract IEnumerable<(string Ending, Parameter Parameter)> Parameters { get; }

    /// <summary>Adds <paramref name="factor"/> * D.</summary>
    public abstract void AddTo(Tensor destination, double factor);

    /// <summary>Adds what a gradient of the parameter is for D, whose share of it is <paramref name="factor"/> * D.</summary>
    /// <param name="gradient">Of the parameter's shape; <see langword="null"/> for zero. What is trained has a gradient afterwards in any case.</param>
    /// <param name="factor">A power of x.</param>
    public abstract void AddGradient(Tensor? gradient, double factor);

    /// <summary>Shapes of what is trained for a parameter, in the order of <see cref="Parameters"/>.</summary>
    /// <param name="shape">The parameter's.</param>
    /// <param name="rank">
    /// Of matrices' D; <see langword="null"/> for full ones. A vector, and a matrix that two factors would not make smaller, have a full D.
    /// </param>
    public static IEnumerable<(string Ending, long[] Shape)> Shapes(long[] shape, int? rank) =>
        rank is { } r && shape.Length == 2 && r * (shape[0] + shape[1]) < shape[0] * shape[1]
            ? [("_a", [shape[0], r]), ("_b", [r, shape[1]])]
            : [("", shape)];

    /// <summary>A displacement of zero.</summary>
    public static Displacement Of(long[] shape, int? rank)
    {
        var parameters = Shapes(shape, rank).Select(part => new Parameter(zeros(part.Shape))).ToArray();
        return parameters.Length == 1 ? new FullDisplacement(parameters[0]) : new LowRankDisplacement(parameters[0], parameters[1]);
    }

    /// <summary>Adds to a gradient, which may be a view of others' memory: that is added to in place.</summary>
    protected static void Accumulate(Parameter parameter, Tensor? gradient, double factor)
    {
        if (parameter.grad is not { } sum) parameter.grad = gradient is null ? zeros_like(parameter) : gradient * factor;
        else if (gradient is not null) sum.add_(gradient, factor);
    }
}

/// <summary>D itself.</summary>
internal sealed class FullDisplacement(Parameter whole) : Displacement
{
    /// <inheritdoc/>
    public override IEnumerable<(string Ending, Parameter Parameter)> Parameters => [("", whole)];

    /// <inheritdoc/>
    public override void AddTo(Tensor destination, double factor) => destination.add_(whole, factor);

    /// <inheritdoc/>
    public override void AddGradient(Tensor? gradient, double factor) => Accumulate(whole, gradient, factor);
}

/// <summary>D = A B of low rank (Hu et al. 2021, LoRA), B being zero at first.</summary>
/// <param name="a">(M, R).</param>
/// <param name="b">(R, N).</param>
internal sealed class LowRankDisplacement(Parameter a, Parameter b) : Displacement
{
    /// <inheritdoc/>
    public override IEnumerable<(string Ending, Parameter Parameter)> Parameters => [("_a", a), ("_b", b)];

    /// <inheritdoc/>
    public override void AddTo(Tensor destination, double factor) => destination.add_(a.mm(b), factor);

    /// <inheritdoc/>
    public override void AddGradient(Tensor? gradient, double factor)
    {
        Accumulate(a, gradient?.mm(b.transpose(0, 1)), factor); // (M, R)
        Accumulate(b, gradient is null ? null : a.transpose(0, 1).mm(gradient), factor); // (R, N)
    }
}
