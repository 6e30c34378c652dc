namespace Lhts.Launching.Processes;

/// <summary>Where an agent and its workers write.</summary>
/// <param name="Output">Standard output.</param>
/// <param name="Errors">Standard error.</param>
/// <param name="IsTerminal">Whether standard output is a terminal, which rank 0 then writes to itself.</param>
public sealed record Consoles(TextWriter Output, TextWriter Errors, bool IsTerminal)
{
    /// <summary>This process's own.</summary>
    public static Consoles OfThisProcess() => new(Console.Out, Console.Error, !Console.IsOutputRedirected);
}
