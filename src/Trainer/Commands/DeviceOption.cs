using System.CommandLine;
using Lhts.Trainer.Recipes;
using TorchSharp;

namespace Lhts.Trainer.Commands;

/// <summary><c>--device</c>, the same on every command that runs a model.</summary>
internal static class DeviceOption
{
    public const string Name = "--device";

    /// <summary>Makes the option.</summary>
    /// <param name="standard">What is used where it is not given, as it follows "Default: ".</param>
    public static Option<string?> Build(string standard = "cpu") => new(Name) { Description = $"cpu, cuda or cuda:INDEX. Default: {standard}." };

    /// <summary>The device that was given.</summary>
    /// <param name="name">The option's value; null for the standard.</param>
    /// <param name="standard">The device where none was given.</param>
    /// <exception cref="InvalidDataException">There is no such device; the message says what is missing.</exception>
    public static torch.Device Of(string? name, string standard = "cpu")
    {
        var given = name ?? standard;
        return Devices.FaultOf(given) is { } fault
            ? throw new InvalidDataException($"{(name is null ? "The device" : Name)} is '{given}', but must be {fault}.")
            : new torch.Device(given);
    }
}
