using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Models.Safetensors;

/// <summary>
/// A safetensors file: named tensors and metadata, without any code in it (unlike pickle). The file is memory-mapped one tensor at a time
/// while that tensor is copied, so reading needs no memory beyond the destination.
/// Format: https://github.com/huggingface/safetensors.
/// </summary>
public sealed class SafetensorsFile : IDisposable
{
    private const int ComparedLength = 1 << 20;

    private readonly SafeFileHandle handle;
    private readonly SafetensorsHeader header;
    private readonly Dictionary<string, TensorEntry> byName;

    private SafetensorsFile(string path, SafeFileHandle handle, SafetensorsHeader header)
    {
        Path = path;
        this.handle = handle;
        this.header = header;
        byName = header.Entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
    }

    /// <summary>The file's path as given to <see cref="Open"/>.</summary>
    public string Path { get; }

    /// <summary>The tensors in the order of their bytes in the file.</summary>
    public IReadOnlyList<TensorEntry> Tensors => header.Entries;

    /// <summary>The file's free strings, such as <c>format: pt</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata => header.Metadata;

    /// <summary>The description of one tensor.</summary>
    /// <exception cref="InvalidDataException">The file has no tensor of this name.</exception>
    public TensorEntry this[string name] => byName.TryGetValue(name, out var entry)
        ? entry
        : throw new InvalidDataException($"'{Path}': has no tensor '{name}'; it holds {Tensors.Count} others.");

    /// <summary>Opens a file and checks its whole header; tensors are read later, by name.</summary>
    /// <exception cref="InvalidDataException">The file is not a valid safetensors file.</exception>
    /// <exception cref="IOException">The file does not exist or cannot be read.</exception>
    public static SafetensorsFile Open(string path)
    {
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            var length = RandomAccess.GetLength(handle);
            var header = SafetensorsHeader.Read(path, length, (offset, destination) => ReadExactly(path, handle, offset, destination));
            return new SafetensorsFile(path, handle, header);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Writes tensors to a file, atomically; see <see cref="SafetensorsWriter"/>.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="tensors">Names and tensors; the file's bytes do not depend on their order.</param>
    /// <param name="metadata">Free strings for the header; <see langword="null"/> for none.</param>
    public static void Write(
        string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        SafetensorsWriter.Write(path, tensors, metadata);

    /// <summary>Whether the file has a tensor of this name.</summary>
    public bool Contains(string name) => byName.ContainsKey(name);

    /// <summary>Reads a tensor into a new one of the file's type and shape, on the CPU.</summary>
    /// <exception cref="InvalidDataException">No such tensor, or its bytes are not valid.</exception>
    public Tensor Read(string name)
    {
        var entry = this[name];
        var tensor = empty([.. entry.Shape], entry.Dtype);
        try
        {
            ReadInto(name, tensor);
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Reads a tensor into an existing one of the same shape, on any device. Types may differ only where nothing is lost: from a
    /// floating-point type to a wider one.
    /// </summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="destination">What is filled.</param>
    /// <param name="mustBeFinite">Whether NaN and infinite numbers are refused, as each piece is read. Default: they are data like any other.</param>
    /// <exception cref="InvalidDataException">No such tensor, another shape, a type that does not fit, or invalid bytes.</exception>
    public void ReadInto(string name, Tensor destination, bool mustBeFinite = false)
    {
        var entry = this[name];
        if (!entry.Shape.SequenceEqual(destination.shape))
        {
            throw new InvalidDataException(
                $"'{Path}': tensor '{name}' has shape {entry.ShapeText}, but {TensorEntry.FormatShape(destination.shape)} is needed.");
        }

        if (!IsLossless(entry.Dtype, destination.dtype))
        {
            throw new InvalidDataException(
                $"'{Path}': tensor '{name}' has type {SafetensorsDtype.NameOf(entry.Dtype)}, which a {destination.dtype} tensor cannot hold exactly.");
        }

        if (entry.Length == 0) return;
        if (RandomAccess.GetLength(handle) < header.DataStart + entry.End)
        {
            // Reading a mapping beyond the end of its file ends the process.
            throw new InvalidDataException(
                $"'{Path}': tensor '{name}' lies beyond the end of the file, which was cut short while it was open.");
        }

        using var mapping = MemoryMappedFile.CreateFromFile(handle, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        TensorBytes.Read(entry, destination, (offset, bytes) => ReadPiece(mapping, entry.Start + offset, bytes), Path, mustBeFinite);
    }

    /// <summary>Whether a tensor has the same type, shape and bytes as one of this or another file.</summary>
    /// <exception cref="InvalidDataException">No such tensor.</exception>
    public bool ContentEquals(string name, SafetensorsFile other, string otherName)
    {
        var (left, right) = (this[name], other[otherName]);
        if (left.Dtype != right.Dtype || !left.Shape.SequenceEqual(right.Shape)) return false;

        var leftBytes = new byte[Math.Min(left.Length, ComparedLength)];
        var rightBytes = new byte[leftBytes.Length];
        for (long start = 0; start < left.Length; start += ComparedLength)
        {
            var length = (int)Math.Min(ComparedLength, left.Length - start);
            ReadExactly(Path, handle, header.DataStart + left.Start + start, leftBytes.AsSpan(0, length));
            ReadExactly(other.Path, other.handle, other.header.DataStart + right.Start + start, rightBytes.AsSpan(0, length));
            if (!leftBytes.AsSpan(0, length).SequenceEqual(rightBytes.AsSpan(0, length))) return false;
        }

        return true;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => handle.Dispose();

    /// <summary>Each piece has a mapping of its own, so that pages already copied do not stay resident.</summary>
    private void ReadPiece(MemoryMappedFile mapping, long start, Span<byte> destination)
    {
        using var view = mapping.CreateViewAccessor(header.DataStart + start, destination.Length, MemoryMappedFileAccess.Read);
        view.SafeMemoryMappedViewHandle.ReadSpan((ulong)view.PointerOffset, destination);
    }

    private static bool IsLossless(ScalarType from, ScalarType to) => from == to || (from, to) is
        (ScalarType.Float16 or ScalarType.BFloat16, ScalarType.Float32 or ScalarType.Float64) or (ScalarType.Float32, ScalarType.Float64);

    private static void ReadExactly(string path, SafeFileHandle handle, long offset, Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            var count = RandomAccess.Read(handle, destination, offset);
            if (count == 0) throw new InvalidDataException($"'{path}': ends at byte {offset}; it was cut short while it was open.");
            offset += count;
            destination = destination[count..];
        }
    }
}
