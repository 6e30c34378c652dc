namespace Lhts.Launching.Processes;

/// <summary>The program that a worker runs.</summary>
/// <param name="Program">Its file.</param>
/// <param name="Arguments">Its arguments.</param>
public sealed record WorkerCommand(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>This program with the arguments it was given.</summary>
    public static WorkerCommand OfThisProcess()
    {
        var program = Environment.ProcessPath ?? throw new InvalidOperationException("The path of this program is not known.");
        var arguments = Environment.GetCommandLineArgs(); // the first is the program's library
        var isHosted = Path.GetFileNameWithoutExtension(program) == "dotnet";
        return new WorkerCommand(program, isHosted ? arguments : arguments[1..]);
    }
}
