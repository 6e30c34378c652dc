using static TorchSharp.torch;

namespace Lhts.Models.Gpt;

/// <summary>
/// Keys and values of the positions that a batch has already been through, so that the next token costs one position instead of all.
/// Room is taken once, for the longest sequence; appending copies only what is new.
/// </summary>
public sealed class KeyValueCache : IDisposable
{
    private readonly Tensor[] keys; // numLayers of (B, H, capacity, D)
    private readonly Tensor[] values; // numLayers of (B, H, capacity, D)

    /// <summary>An empty cache.</summary>
    /// <param name="model">The model that will fill it; gives sizes, type and device.</param>
    /// <param name="numRows">B, rows of the batch.</param>
    /// <param name="numTokens">Longest row, padding included.</param>
    /// <param name="leftPadding">Positions to ignore at the left of each row; <see langword="null"/> for none.</param>
    public KeyValueCache(Gpt2 model, long numRows, long numTokens, long[]? leftPadding = null)
    {
        Capacity = numTokens + model.NumPrefix;
        keys = MakeRoom(model, numRows);
        values = MakeRoom(model, numRows);
        if (leftPadding is null || leftPadding.All(count => count == 0)) return;
        if (leftPadding.Length != numRows)
        {
            throw new ArgumentException($"{leftPadding.Length} paddings were given for {numRows} rows.", nameof(leftPadding));
        }
        MinPadding = leftPadding.Min();
        LeftPadding = tensor(leftPadding, device: model.TokenEmbedding.device).DetachFromDisposeScope();
    }

    private KeyValueCache(KeyValueCache source, long[] rowNumbers)
    {
        using var rows = tensor(rowNumbers, device: source.keys[0].device);
        Capacity = source.Capacity;
        Length = source.Length;
        keys = SelectRows(source.keys, rows);
        values = SelectRows(source.values, rows);
        LeftPadding = source.LeftPadding?.index_select(0, rows).DetachFromDisposeScope();
        MinPadding = LeftPadding?.min().item<long>() ?? 0;
    }

    /// <summary>Positions that fit, a temperature prefix included.</summary>
    public long Capacity { get; }

    /// <summary>Positions that are filled, a temperature prefix and padding included.</summary>
    public long Length { get; private set; }

    internal Tensor? LeftPadding { get; } // (B) int64

    internal long MinPadding { get; }

    /// <summary>A cache of some of the rows, in the given order; this one stays as it is.</summary>
    /// <param name="rows">Row numbers.</param>
    public KeyValueCache Select(long[] rows) => new(this, rows);

    /// <summary>Gives each row what another one holds, in place; rows that stay as they are cost nothing.</summary>
    /// <param name="sources">For each row the one whose keys and values it takes; a row that is taken by others must stay itself. No padding.</param>
    /// <exception cref="InvalidOperationException">The rows have left padding.</exception>
    public void Overwrite(int[] sources)
    {
        if (LeftPadding is not null) throw new InvalidOperationException("Rows with left padding cannot overwrite each other.");
        long[] changed = [.. Enumerable.Range(0, sources.Length).Where(row => sources[row] != row).Select(row => (long)row)];
        if (changed.Length == 0) return;
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var targets = tensor(changed, device: keys[0].device);
        var origins = tensor(Array.ConvertAll(changed, row => (long)sources[row]), device: keys[0].device);
        foreach (var room in keys.Concat(values))
        {
            var filled = room.narrow(2, 0, Length); // (B, H, length, D)
            filled.index_copy_(0, targets, filled.index_select(0, origins));
        }
    }

    /// <summary>Frees the tensors.</summary>
    public void Dispose()
    {
        foreach (var tensor in keys) tensor.Dispose();
        foreach (var tensor in values) tensor.Dispose();
        LeftPadding?.Dispose();
    }

    /// <summary>Adds one block's new keys and values, (B, H, L, D) each, and returns all of them, (B, H, length + L, D).</summary>
    internal (Tensor Keys, Tensor Values) Append(int layer, Tensor newKeys, Tensor newValues)
    {
        var numNew = newKeys.shape[2];
        if (Length + numNew > Capacity)
        {
            throw new InvalidOperationException(
                $"The cache has room for {Capacity} positions; {Length} are filled and {numNew} more were given.");
        }

        keys[layer].narrow(2, Length, numNew).copy_(newKeys);
        values[layer].narrow(2, Length, numNew).copy_(newValues);
        return (keys[layer].narrow(2, 0, Length + numNew), values[layer].narrow(2, 0, Length + numNew));
    }

    /// <summary>Counts the positions that every block has appended.</summary>
    internal void Advance(long numNew) => Length += numNew;

    private Tensor[] MakeRoom(Gpt2 model, long numRows)
    {
        var config = model.Config;
        var like = model.TokenEmbedding;
        return [.. Enumerable.Range(0, config.NumLayers).Select(
            _ => empty([numRows, config.NumHeads, Capacity, config.HeadSize], like.dtype, like.device).DetachFromDisposeScope())];
    }

    private static Tensor[] SelectRows(Tensor[] tensors, Tensor rows) =>
        [.. tensors.Select(tensor => tensor.index_select(0, rows).DetachFromDisposeScope())];
}
