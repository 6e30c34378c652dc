using System.Text;

namespace Lhts.Models.Tests;

/// <summary>Damages bytes the way disks, networks and attackers do: flips, cuts, insertions, repeats, and numbers replaced by hostile ones.</summary>
internal sealed class Mutator(int seed)
{
    private static readonly string[] Hostile =
    [
        "-1", "0", "1e308", "9223372036854775807", "9223372036854775808", "18446744073709551615", "4294967296", "2147483648", "1.5", "null", "true", "{}", "[]",
        "\"\"",
        "\"F32\"", "\"BOOL\"", "[[[[[[]]]]]]", "NaN", "-0", "\\u0000", "\\ud800",
    ];

    private readonly Random random = new(seed);

    /// <summary>A copy with one to three faults, most of them in the first <paramref name="headLength"/> bytes.</summary>
    public byte[] Mutate(byte[] original, int headLength)
    {
        List<byte> bytes = [.. original];
        for (var i = random.Next(1, 4); i > 0 && bytes.Count > 0; i--) MutateOnce(bytes, headLength);
        return [.. bytes];
    }

    private void MutateOnce(List<byte> bytes, int headLength)
    {
        var end = random.Next(8) == 0 ? bytes.Count : Math.Min(bytes.Count, headLength);
        var at = random.Next(end);
        switch (random.Next(7))
        {
            case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
            case 1: bytes[at] = (byte)random.Next(256); break;
            case 2: bytes.RemoveRange(at, bytes.Count - at); break;
            case 3: bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at)); break;
            case 4: Repeat(bytes, at); break;
            case 5: bytes.InsertRange(at, Encoding.UTF8.GetBytes(Hostile[random.Next(Hostile.Length)])); break;
            default: ReplaceNumber(bytes, at); break;
        }
    }

    private void Repeat(List<byte> bytes, int at)
    {
        var from = random.Next(bytes.Count);
        bytes.InsertRange(at, bytes.GetRange(from, Math.Min(random.Next(1, 60), bytes.Count - from)));
    }

    private void ReplaceNumber(List<byte> bytes, int at)
    {
        var start = bytes.FindIndex(at, value => value is >= (byte)'0' and <= (byte)'9');
        if (start < 0) return;
        var end = bytes.FindIndex(start, value => value is not (>= (byte)'0' and <= (byte)'9'));
        bytes.RemoveRange(start, (end < 0 ? bytes.Count : end) - start);
        bytes.InsertRange(start, Encoding.UTF8.GetBytes(Hostile[random.Next(Hostile.Length)]));
    }
}
