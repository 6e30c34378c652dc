using Lhts.Sampling;

namespace Lhts.Evaluation.Analogies;

/// <summary>Random choices for one question, a pure function of seed and number of the question.</summary>
internal sealed class Draws(ulong seed, long number)
{
    private long count;

    /// <summary>A whole number from 0 to below <paramref name="bound"/>.</summary>
    public int Below(int bound) => (int)(CounterRandom.Uniform(seed, number, count++) * bound);

    /// <summary>The items in random order (Fisher and Yates).</summary>
    public T[] Shuffle<T>(IEnumerable<T> items)
    {
        T[] shuffled = [.. items];
        for (var i = shuffled.Length - 1; i > 0; i--)
        {
            var other = Below(i + 1);
            (shuffled[i], shuffled[other]) = (shuffled[other], shuffled[i]);
        }

        return shuffled;
    }
}
