using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Models.Gpt;

/// <summary>Lets a part of the forward pass draw the same random numbers, those of dropout, twice.</summary>
internal sealed class RandomReplay
{
    private readonly byte[] state;
    private readonly long? seed;

    private RandomReplay(byte[] state, long? seed) => (this.state, this.seed) = (state, seed);

    /// <summary>
    /// Remembers where the generator stands. Another device's generator cannot be read through this API, so there every generator is
    /// seeded from the CPU's, whose state the trainer saves.
    /// </summary>
    public static RandomReplay Capture(Device device)
    {
        using var scope = NewDisposeScope();
        if (device.type == DeviceType.CPU) return new(random.get_rng_state().bytes.ToArray(), null);

        var seed = randint(long.MaxValue, [1], ScalarType.Int64).item<long>();
        manual_seed(seed).Dispose();
        return new([], seed);
    }

    /// <summary>Goes back there until the result is disposed, then on from where the generator stood.</summary>
    public IDisposable Replay()
    {
        var back = new Restore(ReadState());
        if (seed is { } value) manual_seed(value).Dispose();
        else WriteState(state);
        return back;
    }

    private static byte[] ReadState()
    {
        using var current = random.get_rng_state();
        return current.bytes.ToArray();
    }

    private static void WriteState(byte[] bytes)
    {
        using var tensor = torch.tensor(bytes);
        random.set_rng_state(tensor);
    }

    private sealed class Restore(byte[] before) : IDisposable
    {
        public void Dispose() => WriteState(before);
    }
}
