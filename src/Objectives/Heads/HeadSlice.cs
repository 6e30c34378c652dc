using Lhts.Extensions;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives;

// n rows of a slice, V vocabulary.

/// <summary>What a loss at some rows is made of, beside the student's logits: columns (n, 1), and the teacher's rows.</summary>
internal sealed record HeadSlice(Tensor Targets, Tensor Scale)
{
    private LogitRows? Teacher { get; init; }

    private Tensor? Factors { get; init; }

    private Tensor? TeacherScale { get; init; }

    private KlDirection Direction { get; init; }

    private TokenControl? Control { get; init; }

    /// <summary>All rows at the wanted places, of values (B, L).</summary>
    public static HeadSlice Of(Tensor targets, Tensor scale, TokenDivergence? divergence, TokenControl? control, Tensor? places)
    {
        Tensor Column(Tensor values) => TokenHead.At(values.reshape(-1, 1), places);
        return new HeadSlice(Column(targets), Column(scale))
        {
            Teacher = divergence is null ? null : LogitRows.Of(divergence.TeacherLogits, divergence.Head).At(places),
            Factors = divergence?.InverseTemperatures is { } factors ? Column(factors) : null,
            TeacherScale = divergence is null ? null : Column(divergence.Scale),
            Direction = divergence?.Direction ?? default,
            Control = control is null ? null : control with { LogProbs = Column(control.LogProbs), Scale = Column(control.Scale) },
        };
    }

    /// <summary>log q(target), (n).</summary>
    /// <param name="logits">(n, V).</param>
    /// <param name="targets">(n).</param>
    public static Tensor LogProbs(Tensor logits, Tensor targets)
    {
        if (HeadKernels.Take(logits)) return HeadKernels.LogProbs(logits.contiguous(), targets);
        return logits.log_softmax(1).gather(1, targets.unsqueeze(1)).squeeze(1);
    }

    /// <summary>Some of the rows.</summary>
    public HeadSlice At(long start, long count)
    {
        Tensor Part(Tensor values) => values.narrow(0, start, count);
        return new HeadSlice(Part(Targets), Part(Scale))
        {
            Teacher = Teacher is null ? null : Teacher with { States = Part(Teacher.States) },
            Factors = Factors is null ? null : Part(Factors),
            TeacherScale = TeacherScale is null ? null : Part(TeacherScale),
            Direction = Direction,
            Control = Control is null ? null : Control with { LogProbs = Part(Control.LogProbs), Scale = Part(Control.Scale) },
        };
    }

    /// <summary>The derivative by the student's logits, (n, V).</summary>
    /// <param name="student">All of its rows.</param>
    /// <param name="start">The first of this slice.</param>
    /// <param name="gradient">(n, V) or (n, E): takes the derivative where there is no head.</param>
    /// <param name="logProbs">(n).</param>
    /// <param name="divergences">(n), or null.</param>
    public Tensor Differentiate(LogitRows student, long start, Tensor gradient, out Tensor logProbs, out Tensor? divergences)
    {
        var logits = student.Slice(start, Targets.shape[0]);
        var teacher = Teacher?.Slice(0, Targets.shape[0]).to(logits.dtype);
        Tensor slopes;
        if (HeadKernels.Take(logits))
        {
            slopes = student.Head is null && gradient.dtype == logits.dtype ? gradient.copy_(logits) : logits.contiguous();
            (logProbs, divergences) = HeadKernels.Differentiate(slopes, Targets, Scale, Other(teacher), ControlOf());
        }
        else
        {
            (slopes, logProbs, divergences) = Composed(logits.log_softmax(1), teacher);
        }

        if (student.Head is null && !ReferenceEquals(slopes, gradient)) gradient.copy_(slopes);
        return slopes;
    }

    private HeadTeacher? Other(Tensor? logits) =>
        logits is null ? null : new(logits.contiguous(), Factors, TeacherScale!, Direction == KlDirection.StudentTeacher);

    private HeadControl? ControlOf() => Control is null ? null : new(Control.LogProbs, Control.Scale, Control.Clip ?? double.PositiveInfinity);

    /// <summary>The same from operators; the definition, for other types and devices.</summary>
    private (Tensor Slopes, Tensor LogProbs, Tensor? Divergences) Composed(Tensor logQ, Tensor? teacher)
    {
        var q = logQ.exp();
        var logProbs = logQ.gather(1, Targets); // (n, 1)
        var scale = Scale.to(logQ.dtype); // (n, 1)
        if (Control is { } control) scale = scale - (control.Of(logProbs) * control.Scale).to(logQ.dtype);
        var derivative = q * scale;
        derivative.scatter_add_(1, Targets, -scale);
        if (teacher is null) return (derivative, logProbs.squeeze(1), null);

        var logP = (Factors is null ? teacher : teacher * Factors.to(teacher.dtype)).log_softmax(1);
        var klScale = TeacherScale!.to(logQ.dtype);
        if (Direction == KlDirection.StudentTeacher)
        {
            var difference = logQ - logP;
            var sum = (q * difference).sum(dim: 1, keepdim: true); // (n, 1)
            derivative.add_(difference.sub_(sum).mul_(q).mul_(klScale));
            return (derivative, logProbs.squeeze(1), sum.squeeze(1));
        }

        var p = logP.exp();
        var kl = (p * logP.sub_(logQ)).sum(dim: 1);
        derivative.add_(q.sub_(p).mul_(klScale));
        return (derivative, logProbs.squeeze(1), kl);
    }
}
