namespace Lhts.Trainer.Sources;

/// <summary>
/// Which samples a step uses, as a function of integers. Samples come in rounds, as many as a step uses. A buffer has a slot for each of
/// so many rounds; steps visit the slots in turn, again and again, and a visit finds the slot's round of the time before or a new one, in such a way that
/// the wished number of samples is new at each step, evenly over the slots. So nothing need be saved: a resumed run finds the same rounds.
/// </summary>
/// <param name="samplesPerStep">Samples of a round, at least 1.</param>
/// <param name="bufferSize">Samples that the buffer holds; rounded up to whole rounds.</param>
/// <param name="refresh">New samples at each step in the mean, 1 to <paramref name="samplesPerStep"/>.</param>
public sealed class SampleSchedule(int samplesPerStep, int bufferSize, int refresh)
{
    private readonly long numSlots = (bufferSize + (long)samplesPerStep - 1) / samplesPerStep;

    /// <summary>The round that a step uses, counted from 0.</summary>
    public long RoundOf(long step)
    {
        var (pass, slot) = Math.DivRem(step, numSlots);
        // Generations of the slot: one more whenever pass * refresh / samples + slot / slots passes a whole number.
        var generation = ((pass * refresh * numSlots) + (slot * samplesPerStep)) / (samplesPerStep * numSlots);
        return (generation * numSlots) + slot;
    }

    /// <summary>No later step uses a round before this one.</summary>
    public long OldestFrom(long step) => step / numSlots * refresh / samplesPerStep * numSlots;
}
