using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Objectives;

// B sequences, L predicted positions, E and D widths of student and teacher.

/// <summary>
/// V(x_&lt;i), the log flow through a prefix: at q = p_T it is log of what p^(1/T) sums to over the continuations of x_&lt;i. With u = 1/T - 1,
/// V = 8 u (pos_i + f(student's state, teacher's state, u, what is left)), so it is zero at T = 1 as it must be; f is a layer of GELUs and a linear one that
/// starts at zero, pos a number for each position after the prompt, zero at first.
/// </summary>
/// <remarks>
/// Flow networks' state flow (Bengio et al. 2021; Madan et al. 2023) for tempered language models (Hu et al. 2023). The factor 8 lets Adam's rate of 1e-3 move
/// V by tenths of a nat a step: measured with a prototype on 128 characters, where V spans 50 nats.
/// </remarks>
public sealed class LogFlow : IDisposable
{
    private const double Scale = 8;

    /// <summary>
    /// What a step counts for in the next one. Measured at T 0.7 on 128 characters with 64 sequences a step: advantages have a third of the variance that they
    /// had with positions trained by Adam.
    /// </summary>
    private const double Memory = 0.85;

    private const int NumPlainFeatures = 3; // u, share left, its root

    private readonly Parameter positions; // (L)
    private readonly Tensor slopes; // (L): how pos changes with u, where it is tracked
    private readonly Tensor information; // (3, L): sums of u^2, u^3, u^4, older steps counting less
    private readonly Linear hidden;
    private readonly Linear output;
    private readonly long maxLength;

    /// <param name="maxLength">The longest L there will be.</param>
    /// <param name="studentWidth">E.</param>
    /// <param name="teacherWidth">D.</param>
    /// <param name="headWidth">GELUs.</param>
    /// <param name="device">Where the parameters are; the CPU when null.</param>
    public LogFlow(long maxLength, long studentWidth, long teacherWidth, long headWidth, Device? device = null)
    {
        using var guard = no_grad();
        this.maxLength = maxLength;
        positions = new Parameter(zeros(maxLength, device: device).DetachFromDisposeScope());
        slopes = zeros(maxLength, dtype: ScalarType.Float64, device: device).DetachFromDisposeScope();
        information = zeros(3, maxLength, dtype: ScalarType.Float64, device: device).DetachFromDisposeScope();
        hidden = nn.Linear(studentWidth + teacherWidth + NumPlainFeatures, headWidth, device: device);
        output = nn.Linear(headWidth, 1, device: device);
        output.weight.zero_();
        output.bias!.zero_();
    }

    /// <summary>pos, (L): what the place alone tells.</summary>
    public (string Name, Parameter Parameter) OfPlaces => ("flow.positions", positions);

    /// <summary>What <see cref="Track"/> moves, for checkpoints.</summary>
    public IReadOnlyDictionary<string, Tensor> Tracked =>
        new Dictionary<string, Tensor> { [OfPlaces.Name] = positions, ["flow.slopes"] = slopes, ["flow.information"] = information };

    /// <summary>What is trained of f.</summary>
    public IReadOnlyList<(string Name, Parameter Parameter)> OfPrefix =>
    [
        ("flow.hidden.weight", hidden.weight), ("flow.hidden.bias", hidden.bias!), ("flow.output.weight", output.weight),
        ("flow.output.bias", output.bias!),
    ];

    /// <summary>V with its graph, (B, L) float64, zero where the mask is.</summary>
    /// <param name="batch">Mask and temperatures.</param>
    /// <param name="studentStates">(B, L, E); no gradient goes into them.</param>
    /// <param name="teacherStates">(B, L, D).</param>
    public Tensor Of(ObjectiveBatch batch, Tensor studentStates, Tensor teacherStates)
    {
        using var scope = NewDisposeScope();
        var index = PlacesOf(batch.Mask); // (B, L)
        var u = ExcessOf(batch); // (B, 1)
        var left = (maxLength - index).to(ScalarType.Float32) / (double)maxLength; // (B, L)
        var plain = stack(new[] { u.to(ScalarType.Float32).expand(left.shape), left, left.sqrt() }, 2); // (B, L, 3)
        var features = cat(new[] { studentStates.detach().to(ScalarType.Float32), teacherStates.detach().to(ScalarType.Float32), plain }, 2);
        var ofPrefix = output.forward(nn.functional.gelu(hidden.forward(features))).squeeze(2); // (B, L)
        var ofPlace = positions.index_select(0, index.reshape(-1)).view(index.shape); // (B, L)
        var ofSlope = slopes.index_select(0, index.reshape(-1)).view(index.shape) * u; // (B, L)
        var values = ((ofPlace + ofPrefix).to(ScalarType.Float64) + ofSlope) * (u * Scale);
        return where(batch.Mask, values, zeros_like(values)).MoveToOuterDisposeScope();
    }

    /// <summary>Sets what the position alone tells, from sums over sequences: least squares of returns on u.</summary>
    /// <param name="sums">(5, L): sums of u y, u^2 y, u^2, u^3, u^4 over the sequences, y being a return.</param>
    public void Solve(Tensor sums)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var squares = sums.select(0, 2);
        var solved = sums.select(0, 0) / (squares.clamp_min(1e-12) * Scale);
        positions.copy_(where(squares.gt(1e-12), solved, zeros_like(solved)));
    }

    /// <summary>
    /// Moves what the position alone tells, now a straight line in u, by recursive least squares of what is left of the returns, older steps counting less.
    /// A line, since a step may have one temperature: with a number alone each step would undo what those of other temperatures found.
    /// </summary>
    /// <param name="sums">(5, L): sums of u y, u^2 y, u^2, u^3, u^4 over the sequences of a step, y being a return less V.</param>
    public void Track(Tensor sums)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        information.mul_(Memory).add_(sums.narrow(0, 2, 3));
        // A ridge, as one temperature alone does not tell number and slope apart.
        var ridge = ((information.select(0, 0) + information.select(0, 2)) * 1e-6) + 1e-12; // (L)
        var (aa, ab, bb) = (information.select(0, 0) + ridge, information.select(0, 1), information.select(0, 2) + ridge);
        var scale = ((aa * bb) - (ab * ab)) * Scale;
        var (a, b) = (sums.select(0, 0), sums.select(0, 1));
        positions.add_((((bb * a) - (ab * b)) / scale).to(positions.dtype));
        slopes.add_(((aa * b) - (ab * a)) / scale);
    }

    /// <summary>(B, L) int64: the place of each position after its prompt, from 0; 0 where the mask is zero.</summary>
    public static Tensor PlacesOf(Tensor mask)
    {
        using var scope = NewDisposeScope();
        return (mask.to(ScalarType.Int64).cumsum(1) - 1).clamp_min(0).MoveToOuterDisposeScope();
    }

    /// <summary>(B, 1) float64: u = 1/T - 1.</summary>
    public static Tensor ExcessOf(ObjectiveBatch batch)
    {
        using var scope = NewDisposeScope();
        return (1.0 / batch.Temperatures.to(ScalarType.Float64) - 1.0).unsqueeze(1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        positions.Dispose();
        slopes.Dispose();
        information.Dispose();
        hidden.Dispose();
        output.Dispose();
    }
}
