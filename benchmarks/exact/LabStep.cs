using Lhts.Objectives;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Benchmarks.Exact;

/// <summary>A training step by the protocol of <see cref="IObjective"/>, on one micro-batch.</summary>
public static class LabStep
{
    /// <summary>Makes the step.</summary>
    /// <param name="objective">What is minimised.</param>
    /// <param name="optimizer">Over the parameters of student and objective.</param>
    /// <param name="batch">The sequences.</param>
    /// <param name="teacher">What the teacher says of them.</param>
    /// <param name="student">(B) what it is conditioned on, to its logits (B, L, S).</param>
    public static FigureTable Run(
        IObjective objective, AdamW optimizer, ObjectiveBatch batch, TeacherSignal teacher, Func<Tensor, Tensor> student)
    {
        do objective.Agreement?.Observe(batch, teacher);
        while (objective.Agreement?.Commit() == true);

        optimizer.zero_grad();
        var loss = Differentiate(objective, batch, teacher, student);
        optimizer.step();
        objective.Agreement?.EndStep();
        return FigureTable.Of(objective, loss);
    }

    /// <summary>Adds the gradient of the batch's mean loss to the parameters'.</summary>
    public static ObjectiveLoss Differentiate(
        IObjective objective, ObjectiveBatch batch, TeacherSignal teacher, Func<Tensor, Tensor> student)
    {
        var loss = objective.Loss(batch, StudentStates.OfLogits(student(objective.ConditionOf(batch, teacher))), teacher);
        loss.Backward(1.0 / objective.CountOf(batch));
        return loss;
    }

    /// <summary>AdamW over a student and the objective's own parameters, which are the last group if there are any.</summary>
    public static AdamW Optimizer(IEnumerable<Parameter> student, IObjective objective, double stepSize)
    {
        var groups = new List<AdamW.ParamGroup> { new(student, new AdamW.Options()) };
        if (objective.Parameters.Count > 0) groups.Add(new(objective.Parameters.Select(entry => entry.Parameter), new AdamW.Options()));
        return new AdamW(groups, lr: stepSize, beta2: 0.99, weight_decay: 0);
    }

    /// <summary>Sets the step sizes to a share of their highest.</summary>
    public static void SetRates(AdamW optimizer, IObjective objective, double stepSize, double headStepSize)
    {
        optimizer.ParamGroups.First().LearningRate = stepSize;
        if (objective.Parameters.Count > 0) optimizer.ParamGroups.Last().LearningRate = headStepSize;
    }
}
