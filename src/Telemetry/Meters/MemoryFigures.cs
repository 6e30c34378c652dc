namespace Lhts.Telemetry;

/// <summary>The memory of the device that trains, in bytes.</summary>
/// <param name="Allocated">What tensors hold; on the CPU: what the process has in memory.</param>
/// <param name="Peak">The most there was of that.</param>
/// <param name="Reserved">What was taken from the device for tensors, held or not. Null: the device does not tell.</param>
/// <param name="Free">What any program may still take.</param>
/// <param name="Total">What the device has.</param>
public readonly record struct MemoryFigures(long Allocated, long Peak, long? Reserved, long Free, long Total);
