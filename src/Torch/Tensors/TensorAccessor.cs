using System.Collections;

namespace TorchSharp.Utils;

/// <summary>Reads and writes the elements of a tensor on the CPU, in row-major order whatever its strides.</summary>
public sealed unsafe class TensorAccessor<T> : IDisposable, IEnumerable<T>
    where T : unmanaged
{
    private readonly torch.Tensor tensor;
    private readonly long[] sizes;
    private readonly long[] strides;
    private readonly bool contiguous;
    private readonly T* start;

    internal TensorAccessor(torch.Tensor tensor)
    {
        var info = tensor.Info();
        if (info.IsCpu == 0) throw new InvalidOperationException("Reading data takes a tensor on the CPU: call cpu() first.");
        if (!Matches((torch.ScalarType)info.ScalarType))
        {
            throw new InvalidOperationException($"The tensor holds {(torch.ScalarType)info.ScalarType}, which is not {typeof(T).Name}.");
        }

        this.tensor = tensor;
        sizes = tensor.shape;
        strides = tensor.stride();
        contiguous = info.IsContiguous != 0;
        start = (T*)info.Data;
        Count = info.NumElements;
    }

    /// <summary>Number of elements.</summary>
    public long Count { get; }

    /// <summary>The element at a full index; one number alone is a row-major position.</summary>
    public T this[params long[] indices]
    {
        get
        {
            var value = *Locate(indices);
            GC.KeepAlive(tensor); // only now: the pointer alone keeps nothing
            return value;
        }

        set
        {
            *Locate(indices) = value;
            GC.KeepAlive(tensor);
        }
    }

    /// <summary>All elements in row-major order.</summary>
    public T[] ToArray()
    {
        var result = new T[Count];
        CopyTo(result.AsSpan());
        return result;
    }

    /// <summary>Copies elements from row-major position <paramref name="tensorIndex"/> on into the array.</summary>
    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    /// <inheritdoc cref="CopyTo(T[], int, long)"/>
    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var count = (int)Math.Min(Count - tensorIndex, array.Length - arrayIndex);
        if (contiguous) new Span<T>(start + tensorIndex, count).CopyTo(array[arrayIndex..]);
        else for (var i = 0; i < count; i++) array[arrayIndex + i] = start[OffsetOf(tensorIndex + i)];
        GC.KeepAlive(tensor);
    }

    /// <summary>Copies elements of the array to row-major position <paramref name="tensorIndex"/> on.</summary>
    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyFrom((ReadOnlySpan<T>)array, arrayIndex, tensorIndex);

    /// <inheritdoc cref="CopyFrom(T[], int, long)"/>
    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var count = (int)Math.Min(Count - tensorIndex, array.Length - arrayIndex);
        if (contiguous) array.Slice(arrayIndex, count).CopyTo(new Span<T>(start + tensorIndex, count));
        else for (var i = 0; i < count; i++) start[OffsetOf(tensorIndex + i)] = array[arrayIndex + i];
        GC.KeepAlive(tensor);
    }

    /// <summary>Does nothing: the tensor owns the data.</summary>
    public void Dispose()
    {
    }

    public IEnumerator<T> GetEnumerator()
    {
        for (long i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private T* Locate(long[] indices)
    {
        if (indices.Length == 1 && sizes.Length != 1)
        {
            if (indices[0] < 0 || indices[0] >= Count) throw new IndexOutOfRangeException($"Position {indices[0]} of {Count} elements.");
            return start + OffsetOf(indices[0]);
        }

        if (indices.Length != sizes.Length) throw new ArgumentException($"{indices.Length} indices for {sizes.Length} dimensions.");
        long offset = 0;
        for (var i = 0; i < indices.Length; i++)
        {
            if (indices[i] < 0 || indices[i] >= sizes[i]) throw new IndexOutOfRangeException($"Index {indices[i]} of size {sizes[i]}.");
            offset += indices[i] * strides[i];
        }

        return start + offset;
    }

    private long OffsetOf(long position)
    {
        if (contiguous) return position;
        long offset = 0;
        for (var i = sizes.Length - 1; i >= 0; i--)
        {
            offset += position % sizes[i] * strides[i];
            position /= sizes[i];
        }

        return offset;
    }

    private static bool Matches(torch.ScalarType type) => type switch
    {
        torch.ScalarType.Float32 => typeof(T) == typeof(float),
        torch.ScalarType.Float64 => typeof(T) == typeof(double),
        torch.ScalarType.Int64 => typeof(T) == typeof(long),
        torch.ScalarType.Int32 => typeof(T) == typeof(int),
        torch.ScalarType.Int16 => typeof(T) == typeof(short),
        torch.ScalarType.Int8 => typeof(T) == typeof(sbyte),
        torch.ScalarType.Byte => typeof(T) == typeof(byte),
        torch.ScalarType.Bool => typeof(T) == typeof(bool),
        torch.ScalarType.Float16 => typeof(T) == typeof(Half),
        _ => false,
    };
}
