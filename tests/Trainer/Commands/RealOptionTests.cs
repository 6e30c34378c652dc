using Lhts.Trainer.Commands;

namespace Lhts.Trainer.Tests.Commands;

public sealed class RealOptionTests
{
    [TestCase("1e5", 1e5)]
    [TestCase("-0.5", -0.5)]
    [TestCase("infinity", double.PositiveInfinity)]
    [TestCase("-inf", double.NegativeInfinity)]
    [TestCase("∞", double.PositiveInfinity)]
    public void TryParse_OfANumber_IsIt(string text, double expected) =>
        Assert.That((RealOption.TryParse(text, out var value), value), Is.EqualTo((true, expected)));

    [Test]
    public void TryParse_OfMinusZero_KeepsItsSign() => Assert.That(RealOption.TryParse("-0", out var value) && double.IsNegative(value), Is.True);

    [TestCase("NaN")]
    [TestCase("hot")]
    [TestCase("")]
    public void TryParse_OfNoNumber_IsNone(string text) => Assert.That(RealOption.TryParse(text, out _), Is.False);
}
