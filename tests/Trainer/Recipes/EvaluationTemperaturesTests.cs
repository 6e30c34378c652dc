using Lhts.Trainer.Evaluations;
using Lhts.Trainer.Recipes;

namespace Lhts.Trainer.Tests.Recipes;

/// <summary>The temperatures that a student is evaluated at when the recipe does not say.</summary>
public sealed class EvaluationTemperaturesTests
{
    private static readonly Recipe Recipe = new() { Name = "test", Data = new() { Path = "data" } };

    [Test]
    public void TemperaturesOf_ARange_AreItsEndsAndTwoBetween() => Assert.That(Of(Temperatures.Between(0.7, 1)), Is.EqualTo(new[] { 1, 0.9, 0.8, 0.7 }));

    [Test]
    public void TemperaturesOf_AList_AreTheList() => Assert.That(Of(Temperatures.Of(0.6, 0.9, 0.6)), Is.EqualTo(new[] { 0.9, 0.6 }));

    [Test]
    public void TemperaturesOf_ARecipeThatSays_AreThose() => Assert.That(
        EvaluationSettings.TemperaturesOf(Recipe with { Evaluation = new() { StudentTemperatures = [0.5, 0.4] } }), Is.EqualTo(new[] { 0.5, 0.4 }));

    private static IReadOnlyList<double> Of(Temperatures temperatures) =>
        EvaluationSettings.TemperaturesOf(Recipe with { Student = new() { Temperatures = temperatures } });
}
