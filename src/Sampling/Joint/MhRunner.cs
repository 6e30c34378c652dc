namespace Lhts.Sampling.Joint;

/// <summary>
/// One run of all chains. All chains of a step draw anew from the same place, so that they go through the model together: given the places they are
/// independent. The place is drawn from the greatest length; a text that ended before it stays as it is, so that the place is as likely seen from the new
/// text as from the old.
/// </summary>
internal sealed class MhRunner(PowerMhOptions options, MhProposals proposals, int[] prompt, int numNewTokens, long run)
{
    // Draws of tokens take the plain seed.
    private const ulong PlaceSeedOffset = 0x706C_6163_6573, AcceptanceSeedOffset = 0x6163_6365_7074;

    private readonly ChainTexts texts = new(options.NumChains, numNewTokens);
    private int step;
    private long numProposed, numAccepted;

    public PowerMhResult Run(IProgress<int>? progress)
    {
        List<double>[] traces = [.. Enumerable.Range(0, options.NumChains).Select(_ => new List<double>())];
        foreach (var length in options.Lengths(numNewTokens))
        {
            Extend(length);
            for (var i = 0; i < options.StepsPerBlock; i++)
            {
                Step(length);
                progress?.Report(step);
                if (length < numNewTokens) continue;
                for (var chain = 0; chain < traces.Length; chain++) traces[chain].Add(texts.LogProb(chain));
            }
        }

        return Result(traces);
    }

    private void Extend(int length)
    {
        int[] open = [.. Enumerable.Range(0, options.NumChains).Where(chain => !texts.HasEnded(chain))];
        if (open.Length == 0) return;
        var start = texts.Length(open[0]); // all that have not ended are of one length
        var drawn = proposals.Draw(texts, open, start, length);
        for (var i = 0; i < open.Length; i++) texts.Take(drawn, i, open[i], start);
    }

    private void Step(int length)
    {
        var place = (int)(CounterRandom.Uniform(unchecked(options.Seed + PlaceSeedOffset), run, step) * length);
        int[] open = [.. Enumerable.Range(0, options.NumChains).Where(chain => texts.Length(chain) > place)];
        if (open.Length > 0)
        {
            var drawn = proposals.Draw(texts, open, place, length);
            for (var i = 0; i < open.Length; i++) Decide(drawn, i, open[i], place);
        }

        step++;
    }

    private void Decide(ChainTexts drawn, int row, int chain, int place)
    {
        numProposed++;
        var logRatio = drawn.LogWeight(row, place, options.Temperature) - texts.LogWeight(chain, place, options.Temperature);
        var uniform = CounterRandom.Uniform(unchecked(options.Seed + AcceptanceSeedOffset), (run * options.NumChains) + chain, step);
        if (!(Math.Log(uniform) < logRatio)) return;
        numAccepted++;
        texts.Take(drawn, row, chain, place);
    }

    private PowerMhResult Result(IReadOnlyList<double>[] traces)
    {
        int[] all = [.. Enumerable.Range(0, options.NumChains)];
        var fresh = proposals.Draw(texts, all, 0, numNewTokens);
        var upper = ImportanceEstimate.Of([.. all.Select(chain => texts.LogWeight(chain, 0, options.Temperature))]);
        return new PowerMhResult(
            [.. all.Select(chain => texts.ToSequence(chain, prompt))], (double)numAccepted / numProposed, ChainMixing.EffectiveSampleSize(traces),
            traces.Length * traces[0].Count, ImportanceEstimate.Of([.. all.Select(chain => fresh.LogWeight(chain, 0, options.Temperature))]),
            upper.FreeEnergy, upper.FreeEnergyError, proposals.NumTokens);
    }
}
