namespace Lhts.Launching;

/// <summary>The points in time at which a state machine wants to be woken, one for each kind. Times count from the machine's start.</summary>
internal sealed class Deadlines<TKind>
    where TKind : struct, Enum
{
    private readonly SortedDictionary<TKind, TimeSpan> due = [];

    /// <summary>The earliest, or null.</summary>
    public TimeSpan? Next => due.Count == 0 ? null : due.Values.Min();

    /// <summary>Sets a deadline, or moves it.</summary>
    public void Set(TKind kind, TimeSpan at) => due[kind] = at;

    /// <summary>Sets a deadline unless it is set.</summary>
    public void SetOnce(TKind kind, TimeSpan at) => due.TryAdd(kind, at);

    /// <summary>Takes a deadline back.</summary>
    public void Clear(TKind kind) => due.Remove(kind);

    /// <summary>Takes all deadlines back but one kind.</summary>
    public void ClearAllBut(TKind kept)
    {
        foreach (var kind in due.Keys.Where(kind => !kind.Equals(kept)).ToList()) due.Remove(kind);
    }

    /// <summary>Whether a deadline is set.</summary>
    public bool Has(TKind kind) => due.ContainsKey(kind);

    /// <summary>When a kind is due; it must be set.</summary>
    public TimeSpan At(TKind kind) => due[kind];

    /// <summary>Takes the earliest deadline that has come.</summary>
    public bool TryTake(TimeSpan now, out TKind kind)
    {
        kind = default;
        if (due.Count == 0) return false;
        var first = due.MinBy(pair => pair.Value);
        if (first.Value > now) return false;
        kind = first.Key;
        return due.Remove(kind);
    }
}
