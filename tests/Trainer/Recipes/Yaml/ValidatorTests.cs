using Lhts.Trainer.Recipes.Yaml;

namespace Lhts.Trainer.Tests.Recipes.Yaml;

public class ValidatorTests
{
    private static readonly BoundRecipe<SampleRecipe> Recipe = SampleRecipe.Bind("""
        name: x
        student:
          numSteps: 0
          temperature: [0.5, -1]
        """);

    [Test]
    public void Validate_SeveralErrors_CarryTheLinesOfTheirKeys()
    {
        var validator = Recipe.Validate();
        var student = validator.In("student");
        student.AtLeastOne("numSteps", 0, "use e.g. 1000");
        student.Positive("temperature[1]", -1, "use e.g. 0.5");
        student.Within("gradientClip", 1, 2, 3, "remove the key");
        validator.Check(false, "sources", null, "at least one source", "add one");
        validator.Positive("student.stepSize", 5e-4, "not shown");

        Assert.That(Assert.Throws<RecipeException>(validator.ThrowIfAny)!.Message, Is.EqualTo("""
            recipes/x.yaml: 4 errors
              recipes/x.yaml:1:1: sources is nothing (the default), but must be at least one source; add one.
              recipes/x.yaml:2:1: student.gradientClip is 1 (the default), but must be between 2 and 3; remove the key.
              recipes/x.yaml:3:3: student.numSteps is 0, but must be at least 1; use e.g. 1000.
              recipes/x.yaml:4:22: student.temperature[1] is -1, but must be a finite number above 0; use e.g. 0.5.
            """.ReplaceLineEndings("\n")));
    }

    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    [TestCase(0)]
    public void Positive_NotAFiniteNumberAboveZero_IsRefused(double value)
    {
        var validator = Recipe.Validate();
        validator.Positive("seed", value, "use e.g. 1");
        Assert.Throws<RecipeException>(validator.ThrowIfAny);
    }

    [Test]
    public void ThrowIfAny_NoErrors_DoesNothing() => Assert.DoesNotThrow(Recipe.Validate().ThrowIfAny);
}
