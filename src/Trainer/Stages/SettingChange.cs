using System.Text.RegularExpressions;

namespace Lhts.Trainer.Stages;

/// <summary>A setting that was changed when a stage was taken up again.</summary>
/// <param name="Step">The step from which on it holds.</param>
/// <param name="Key">The recipe's key.</param>
/// <param name="Was">Its value before.</param>
/// <param name="Is">Its value from then on.</param>
public sealed partial record SettingChange(long Step, string Key, string Was, string Is)
{
    /// <summary>What stands for a key that was not there.</summary>
    public const string Nothing = "null";

    /// <summary>
    /// Whether a setting that decides a stage's result may change in its middle: the number and the rate of the steps to come, and what bounds or skips them.
    /// All others say what is trained on what, and every step before would belong to something else.
    /// </summary>
    public bool MayHappen => Changeable().IsMatch(Key);

    /// <summary>As messages say it.</summary>
    public override string ToString() => $"{Key} {Was} -> {Is}";

    [GeneratedRegex(
        @"^((teacher|student)\.training\.(steps|learningRate|warmupSteps|schedule|weightDecay|gradientClip|onNonFinite)"
        + @"|student\.objective\.(clip|headLearningRate|trustRegion)|student\.gradientCheckpointing)$")]
    private static partial Regex Changeable();
}
