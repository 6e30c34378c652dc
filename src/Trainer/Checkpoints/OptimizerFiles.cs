using System.Globalization;
using Lhts.Models.Safetensors;
using Lhts.Trainer.Parallel;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Trainer.Checkpoints;

/// <summary>
/// AdamW's states in a checkpoint: one file, or one for each rank that keeps a share. A stretch of a parameter is named NAME@OFFSET; whatever ranks
/// wrote, any number of ranks reads.
/// </summary>
internal static class OptimizerFiles
{
    private const string Average = "exp_avg.";
    private const string Square = "exp_avg_sq.";
    private const string Step = "step.";

    /// <summary>Copies what is in this rank's file, where it writes one.</summary>
    public static (HostCopy States, string FileName)? Snapshot(Updater updater) =>
        updater.Writes ? (new HostCopy(TensorsOf(updater)), updater.FileName) : null;

    /// <summary>Fills this rank's states from all files.</summary>
    /// <exception cref="InvalidDataException">A state is not there, or has another size.</exception>
    public static void Load(string folder, Updater updater)
    {
        var files = Directory.GetFiles(folder, Updater.FilePattern).Order(StringComparer.Ordinal).Select(SafetensorsFile.Open).ToArray();
        try
        {
            var pieces = files.SelectMany(file => file.Tensors.Select(tensor => Piece.Of(file, tensor.Name))).ToLookup(piece => piece.Name);
            foreach (var share in updater.Shares) Fill(share, pieces, folder);
        }
        finally
        {
            foreach (var file in files) file.Dispose();
        }
    }

    private static IEnumerable<KeyValuePair<string, Tensor>> TensorsOf(Updater updater)
    {
        foreach (var (name, offset, state) in updater.Shares)
        {
            var place = offset is { } first ? string.Create(CultureInfo.InvariantCulture, $"{name}@{first}") : name;
            yield return KeyValuePair.Create(Average + place, state.exp_avg);
            yield return KeyValuePair.Create(Square + place, state.exp_avg_sq);
            yield return KeyValuePair.Create(Step + place, tensor(state.step));
        }
    }

    private static void Fill(OptimizerShare share, ILookup<string, Piece> pieces, string folder)
    {
        var state = share.State;
        Fill(state.exp_avg, Average + share.Name, share.Offset ?? 0, pieces, folder);
        Fill(state.exp_avg_sq, Square + share.Name, share.Offset ?? 0, pieces, folder);
        var (file, _, _, fullName) = pieces[Step + share.Name].FirstOrDefault() ?? throw Missing(folder, Step + share.Name);
        using var step = file.Read(fullName);
        state.step = step.item<long>();
    }

    /// <summary>Copies what the pieces have of a stretch.</summary>
    private static void Fill(Tensor target, string name, long offset, ILookup<string, Piece> pieces, string folder)
    {
        var (flat, found) = (target.view(-1), 0L);
        foreach (var piece in pieces[name])
        {
            using var scope = NewDisposeScope();
            if (piece.Offset == offset && piece.Size == target.numel())
            {
                flat.copy_(piece.File.Read(piece.FullName).view(-1));
                found += piece.Size;
                continue;
            }

            var (start, end) = (Math.Max(offset, piece.Offset), Math.Min(offset + target.numel(), piece.Offset + piece.Size));
            if (start >= end) continue;
            var read = piece.File.Read(piece.FullName).view(-1);
            flat.narrow(0, start - offset, end - start).copy_(read.narrow(0, start - piece.Offset, end - start));
            found += end - start;
        }

        if (found != target.numel()) throw Missing(folder, name);
    }

    private static InvalidDataException Missing(string folder, string name) =>
        new($"The checkpoint '{folder}' does not hold all of the optimizer's '{name}'. Use one that was made with the same model and objective.");

    /// <summary>A stretch of a state in a file.</summary>
    private sealed record Piece(SafetensorsFile File, long Offset, string Name, string FullName)
    {
        public long Size => File[FullName].Shape.Aggregate(1L, (size, length) => size * length);

        public static Piece Of(SafetensorsFile file, string fullName)
        {
            var at = fullName.LastIndexOf('@');
            return at < 0
                ? new Piece(file, 0, fullName, fullName)
                : new Piece(file, long.Parse(fullName[(at + 1)..], CultureInfo.InvariantCulture), fullName[..at], fullName);
        }
    }
}
