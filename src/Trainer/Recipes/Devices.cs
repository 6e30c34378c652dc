using System.Globalization;
using TorchSharp;

namespace Lhts.Trainer.Recipes;

/// <summary>Whether a device is one that models run on, and is there.</summary>
public static class Devices
{
    /// <summary>Whether a name is that of a device: cpu, cuda or cuda:INDEX.</summary>
    public static bool IsName(string name) => name is "cpu" or "cuda"
        || (name.StartsWith("cuda:", StringComparison.Ordinal) && sbyte.TryParse(name.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out _));

    /// <summary>Null where a device can be used here; else what is to be given, as it follows "must be".</summary>
    public static string? FaultOf(string name)
    {
        if (!IsName(name)) return "cpu, cuda or cuda:INDEX";
        if (name == "cpu") return null;
        var count = torch.cuda.device_count();
        var index = name.Length > 5 ? int.Parse(name.AsSpan(5), CultureInfo.InvariantCulture) : 0;
        if (index < count) return null;
        return count == 0
            ? "cpu, since this build of libtorch finds no CUDA device (LIBTORCH chooses a CUDA build, docs/torch.md; it needs a driver and a GPU)"
            : string.Create(CultureInfo.InvariantCulture, $"cpu or one of cuda:0 to cuda:{count - 1}: there are {count} CUDA devices");
    }
}
