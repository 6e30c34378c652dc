using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Models.Safetensors;

/// <summary>
/// Moves tensors between files and memory in pieces of bounded size: a span holds at most 2 GiB, and pieces that need a copy
/// (another device or type) stay small. The format is little-endian, like every machine that libtorch runs on.
/// </summary>
internal static class TensorBytes
{
    /// <summary>Elements copied at a time: at most 128 MiB.</summary>
    private const long PieceLength = 1 << 24;

    /// <summary>Fills a tensor of the entry's shape; <paramref name="read"/> takes offsets from the entry's first byte.</summary>
    public static void Read(TensorEntry entry, Tensor destination, SafetensorsHeader.ReadAt read, string file, bool mustBeFinite)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var isDirect = entry.Dtype == destination.dtype && destination.device_type == DeviceType.CPU && destination.is_contiguous();
        var flat = destination.is_contiguous() ? destination.detach().view(-1) : empty([destination.numel()], destination.dtype);
        var elementSize = SafetensorsDtype.SizeOf(entry.Dtype);
        for (long start = 0; start < flat.numel(); start += PieceLength)
        {
            using var pieceScope = NewDisposeScope();
            var piece = flat.narrow(0, start, Math.Min(PieceLength, flat.numel() - start));
            var host = isDirect ? piece : empty([piece.numel()], entry.Dtype);
            read(start * elementSize, host.bytes);
            if (entry.Dtype == ScalarType.Bool) CheckBooleans(host.bytes, entry, file);
            if (mustBeFinite) FiniteCheck.Check(host.bytes, start, entry, file);
            if (!isDirect) piece.copy_(host);
        }

        if (!destination.is_contiguous()) destination.detach().copy_(flat.view(destination.shape));
    }

    /// <summary>Writes a tensor's elements in row-major order.</summary>
    public static void Write(Tensor source, Stream stream)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var flat = source.detach().contiguous().view(-1);
        for (long start = 0; start < flat.numel(); start += PieceLength)
        {
            using var pieceScope = NewDisposeScope();
            var piece = flat.narrow(0, start, Math.Min(PieceLength, flat.numel() - start)).cpu();
            stream.Write(piece.bytes);
        }
    }

    /// <summary>libtorch takes any byte as a boolean, but its operators assume 0 and 1.</summary>
    private static void CheckBooleans(ReadOnlySpan<byte> bytes, TensorEntry entry, string file)
    {
        var index = bytes.IndexOfAnyExceptInRange((byte)0, (byte)1);
        if (index >= 0)
        {
            throw new InvalidDataException(
                $"'{file}': tensor '{entry.Name}' of type BOOL holds the byte {bytes[index]}; only 0 and 1 are booleans.");
        }
    }
}
