using System.Runtime.InteropServices;

namespace TorchSharp.Native;

/// <summary>Compares the structs that cross the boundary with those that the native library was built with, when it is loaded.</summary>
internal static unsafe class Layout
{
    /// <summary>What lhts_layout in status.cpp gives, by name and in its order, as this assembly has it.</summary>
    internal static (string Name, int Number)[] Own { get; } =
    [
        ("sizeof Value", sizeof(Value)),
        Offset<Value>(nameof(Value.Kind)),
        Offset<Value>(nameof(Value.Count)),
        Offset<Value>(nameof(Value.Integer)),
        ("sizeof TensorInfo", sizeof(TensorInfo)),
        Offset<TensorInfo>(nameof(TensorInfo.Sizes)),
        Offset<TensorInfo>(nameof(TensorInfo.Data)),
        Offset<TensorInfo>(nameof(TensorInfo.ScalarType)),
        Offset<TensorInfo>(nameof(TensorInfo.RequiresGrad)),
        Offset<TensorInfo>(nameof(TensorInfo.IsCpu)),
        ("sizeof AdamWStep", sizeof(AdamWStep)),
        Offset<AdamWStep>(nameof(AdamWStep.WeightDecay)),
        Offset<AdamWStep>(nameof(AdamWStep.Step)),
    ];

    /// <summary>Asks the library and compares.</summary>
    /// <exception cref="BadImageFormatException">It was built from other sources.</exception>
    internal static void Check()
    {
        var numbers = stackalloc int[Own.Length];
        int count;
        try
        {
            count = NativeMethods.lhts_layout(numbers, Own.Length);
        }
        catch (EntryPointNotFoundException)
        {
            count = 0;
        }

        Compare(new ReadOnlySpan<int>(numbers, Math.Min(count, Own.Length)), count);
    }

    /// <summary>Throws for the first number that differs.</summary>
    internal static void Compare(ReadOnlySpan<int> numbers, int count)
    {
        if (count != Own.Length) throw Outdated($"it describes {count} sizes and offsets, not {Own.Length}");
        for (var i = 0; i < Own.Length; i++)
        {
            if (numbers[i] != Own[i].Number) throw Outdated($"{Own[i].Name} is {numbers[i]} there and {Own[i].Number} here");
        }
    }

    private static BadImageFormatException Outdated(string difference) =>
        new($"liblhts.so was built from other sources than this program: {difference}. Run ./eng/setup.sh, which builds it again.");

    private static (string Name, int Number) Offset<T>(string field)
        where T : unmanaged => ($"the offset of {typeof(T).Name}.{field}", (int)Marshal.OffsetOf<T>(field));
}
