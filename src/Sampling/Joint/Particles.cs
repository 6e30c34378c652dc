namespace Lhts.Sampling.Joint;

/// <summary>The texts of a run while they grow, with their log-weights.</summary>
internal sealed class Particles
{
    private readonly int[] prompt;
    private readonly int?[] endedAt; // length of a finished text
    private int[][] texts;
    private float[][] logProbs;

    public Particles(int[] prompt, int count, int numNewTokens)
    {
        this.prompt = prompt;
        NumNewTokens = numNewTokens;
        texts = [.. Enumerable.Range(0, count).Select(_ => Copy(prompt, prompt.Length + numNewTokens))];
        logProbs = [.. Enumerable.Range(0, count).Select(_ => new float[numNewTokens])];
        endedAt = new int?[count];
        LogWeights = new double[count];
        Flows = new double[count];
    }

    public int NumNewTokens { get; }

    /// <summary>Tokens that each unfinished text has beyond the prompt.</summary>
    public int NumGenerated { get; private set; }

    /// <summary>N log-weights since the last resampling.</summary>
    public double[] LogWeights { get; }

    /// <summary>N look-aheads that are in the weights at present.</summary>
    public double[] Flows { get; }

    /// <summary>Whether no text grows any more.</summary>
    public bool AreFinished => NumGenerated == NumNewTokens || Array.TrueForAll(endedAt, length => length is not null);

    /// <summary>Whether a text has ended; it rides along.</summary>
    public bool HasEnded(int particle) => endedAt[particle] is not null;

    /// <summary>Adds each unfinished text's token; the look-ahead of a text that is now finished leaves its weight.</summary>
    public void Append(ChosenTokens chosen, int? endOfText)
    {
        var place = prompt.Length + NumGenerated;
        for (var i = 0; i < texts.Length; i++)
        {
            if (HasEnded(i)) continue;
            texts[i][place] = (int)chosen.Tokens[i];
            logProbs[i][NumGenerated] = chosen.LogProbs[i];
            if (texts[i][place] == endOfText) endedAt[i] = place + 1;
            if (HasEnded(i) || NumGenerated + 1 == NumNewTokens) TakeFlow(i, 0);
        }

        NumGenerated++;
    }

    /// <summary>Replaces the look-ahead in an unfinished text's weight.</summary>
    public void TakeFlow(int particle, double flow)
    {
        LogWeights[particle] += flow - Flows[particle];
        Flows[particle] = flow;
    }

    /// <summary>Gives each particle its ancestor's text; all weights become 1.</summary>
    public void Resample(int[] ancestors)
    {
        texts = [.. ancestors.Select((from, i) => from == i ? texts[i] : (int[])texts[from].Clone())];
        logProbs = [.. ancestors.Select((from, i) => from == i ? logProbs[i] : (float[])logProbs[from].Clone())];
        for (var i = 0; i < ancestors.Length; i++) (endedAt[i], Flows[i]) = (endedAt[ancestors[i]], Flows[ancestors[i]]); // an ancestor is its own
        Array.Clear(LogWeights);
    }

    /// <summary>The texts as they are.</summary>
    public IReadOnlyList<SampledSequence> ToSequences() => [.. texts.Select((text, i) =>
    {
        var length = endedAt[i] ?? prompt.Length + NumGenerated;
        return new SampledSequence(text[..length], prompt.Length, HasEnded(i)) { LogProbs = logProbs[i][..(length - prompt.Length)] };
    })];

    private static int[] Copy(int[] prompt, int length)
    {
        var text = new int[length];
        prompt.CopyTo(text, 0);
        return text;
    }
}
