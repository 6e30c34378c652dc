namespace Lhts.Sampling.Tests;

/// <summary>Uniform numbers from integers.</summary>
public sealed class CounterRandomTests
{
    [FsCheck.NUnit.Property]
    public bool Uniform_OfAnyPlace_IsAtLeastZeroAndBelowOne(ulong seed, long sequence, long position) =>
        CounterRandom.Uniform(seed, sequence, position) is >= 0 and < 1;

    [FsCheck.NUnit.Property]
    public bool Uniform_OfTheSamePlace_IsTheSame(ulong seed, long sequence, long position) =>
        CounterRandom.Uniform(seed, sequence, position).Equals(CounterRandom.Uniform(seed, sequence, position));

    [Test]
    public void Uniform_OverManyPlaces_FillsTenthsEvenly([Values("seed", "sequence", "position")] string varied)
    {
        const int NumDraws = 20_000;
        var counts = new int[10];
        for (var i = 0; i < NumDraws; i++)
        {
            var draw = varied switch
            {
                "seed" => CounterRandom.Uniform((ulong)i, 3, 4),
                "sequence" => CounterRandom.Uniform(3, i, 4),
                _ => CounterRandom.Uniform(3, 4, i),
            };
            counts[(int)(draw * 10)]++;
        }

        // Chi-squared with 9 degrees of freedom exceeds 33.7 once in 10,000 times; the draws are fixed, so this either holds or does not.
        var chiSquared = counts.Sum(count => Math.Pow(count - NumDraws / 10, 2) / (NumDraws / 10));
        Assert.That(chiSquared, Is.LessThan(33.7));
    }

    [Test]
    public void Uniform_OfNeighbours_Differs()
    {
        var draws = from seed in Enumerable.Range(0, 10) from sequence in Enumerable.Range(0, 10) from position in Enumerable.Range(0, 10)
                    select CounterRandom.Uniform((ulong)seed, sequence, position);

        Assert.That(draws.Distinct().Count(), Is.EqualTo(1000));
    }
}
