using Lhts.Benchmarks.Exact;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives.Tests.Exact;

/// <summary>LHTS on tabular students with expectations taken over all sequences.</summary>
internal static class TabularTraining
{
    /// <summary>The expected gradient of LHTS under x ~ p, by the student's table. The baseline is disposed.</summary>
    public static Tensor ExpectedGradient(Enumeration space, Tensor teacherTable, Tensor studentTable, double temperature, IBaseline baseline)
    {
        using var objective = new LhtsObjective(new LhtsOptions { Horizon = null, Clip = null, Beta = 0 }, baseline);
        var logProbs = space.LogProbs(teacherTable);
        var batch = new ObjectiveBatch(space.Sequences, space.Mask, full(space.NumSequences, temperature, dtype: ScalarType.Float64));
        var teacher = new TeacherSignal(logProbs);
        objective.Observe(batch, teacher);
        objective.Commit();
        var loss = objective.Loss(batch, space.Logits(studentTable), teacher);
        return space.ExpectedGradient(loss.Gradient, logProbs.sum(dim: 1).exp());
    }

    /// <summary>The table of a student that starts as the teacher and descends the expected gradient with Adam.</summary>
    public static Tensor Train(Enumeration space, Tensor teacherTable, double temperature, int numSteps)
    {
        using var scope = NewDisposeScope();
        var student = teacherTable.clone();
        var (mean, square) = (zeros_like(student), zeros_like(student));
        for (var step = 1; step <= numSteps; step++)
        {
            using var inner = NewDisposeScope();
            var gradient = ExpectedGradient(space, teacherTable, student, temperature, new NoBaseline(horizon: null));
            mean.mul_(0.9).add_(gradient * 0.1);
            square.mul_(0.99).add_(gradient.square() * 0.01);
            var stepSize = 0.2 * (1 - (step - 1.0) / numSteps);
            var update = (mean / (1 - Math.Pow(0.9, step))) / ((square / (1 - Math.Pow(0.99, step))).sqrt() + 1e-12);
            student.sub_(update * stepSize);
        }

        return student.MoveToOuterDisposeScope();
    }
}
