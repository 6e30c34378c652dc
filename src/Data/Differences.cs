namespace Lhts.Data;

/// <summary>What differs between something saved and the same of now, one line each.</summary>
internal sealed class Differences
{
    private readonly List<string> lines = [];

    /// <summary>The lines; empty when nothing differs.</summary>
    public IReadOnlyList<string> Lines => lines;

    /// <summary>Compares one value.</summary>
    public void Compare<T>(string name, T before, T now)
    {
        if (!EqualityComparer<T>.Default.Equals(before, now)) lines.Add($"{name}: was {before}, is {now}");
    }
}
