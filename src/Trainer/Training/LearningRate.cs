using Lhts.Trainer.Recipes;

namespace Lhts.Trainer.Training;

/// <summary>The learning rate as a pure function of the step.</summary>
public static class LearningRate
{
    // Where half a cosine ends: a tenth of the peak, as in the GPT-3 and Chinchilla papers.
    private const double FinalFraction = 0.1;

    // As own samples were first seen to work with: docs/objectives.md.
    private const double CooldownShare = 0.4;
    private const double CooldownFinal = 0.05;

    /// <summary>The rate of a step, counted from 0: up in a straight line over the warm-up, then as the schedule says.</summary>
    public static double At(long step, OptimizationRecipe training) => training.LearningRate * ShareAt(step, training);

    /// <summary>The same as a share of the highest rate.</summary>
    public static double ShareAt(long step, OptimizationRecipe training)
    {
        if (step < training.WarmupSteps) return (step + 1.0) / training.WarmupSteps;
        if (training.Schedule == Schedule.Constant) return 1;
        if (training.Schedule == Schedule.Cooldown) return Cooldown(step, training.Steps);
        var done = (double)(step - training.WarmupSteps) / Math.Max(1, training.Steps - training.WarmupSteps);
        var cosine = (1 + Math.Cos(Math.PI * Math.Min(1, done))) / 2;
        return FinalFraction + ((1 - FinalFraction) * cosine);
    }

    private static double Cooldown(long step, long steps)
    {
        var start = (1 - CooldownShare) * steps;
        return step < start ? 1 : 1 - ((1 - CooldownFinal) * Math.Min(1, (step - start) / (CooldownShare * steps)));
    }
}
