namespace Lhts.Basics.Tests;

/// <summary>The generator that the published one is.</summary>
public sealed class SplitMix64Tests
{
    [Test]
    public void Mix_OfGrowingStates_GivesThePublishedNumbers()
    {
        // The first outputs with seed 1234567.
        var outputs = Enumerable.Range(1, 3).Select(i => SplitMix64.Mix(1234567 + SplitMix64.Increment * (ulong)i));
        Assert.That(outputs, Is.EqualTo(new ulong[] { 6457827717110365317, 3203168211198807973, 9817491932198370423 }));
    }
}
