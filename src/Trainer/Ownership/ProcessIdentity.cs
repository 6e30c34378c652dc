using System.Globalization;

namespace Lhts.Trainer.Ownership;

/// <summary>Which process this is, so that another one of the same host can tell whether it is still there.</summary>
/// <param name="Host">The host's name.</param>
/// <param name="Process">The process's number.</param>
/// <param name="Started">When it started, in the kernel's ticks since the boot; numbers are used again. Empty where the kernel does not say.</param>
/// <param name="Boot">The boot of the kernel that it runs on; containers of a host share it. Empty where the kernel does not say.</param>
/// <param name="Namespace">The namespace of process numbers; each container has its own. Empty where the kernel does not say.</param>
public sealed record ProcessIdentity(string Host, int Process, string Started, string Boot, string Namespace)
{
    // proc(5): the 22nd field of stat. The second, in brackets, may hold blanks and is cut off with the first.
    private const int StartField = 22 - 3;

    /// <summary>This process.</summary>
    public static ProcessIdentity OfThisProcess { get; } = new(
        Environment.MachineName, Environment.ProcessId, StartOf(Environment.ProcessId), Text("/proc/sys/kernel/random/boot_id"), NamespaceOfThisProcess());

    /// <summary>Whether another process's number means the same here.</summary>
    public bool Sees(ProcessIdentity other) => Boot.Length > 0 && Namespace.Length > 0 && (Boot, Namespace) == (other.Boot, other.Namespace);

    /// <summary>Whether this process is still there; only one that sees it can tell.</summary>
    public bool IsRunning() => StartOf(Process) is { Length: > 0 } started && started == Started;

    private static string StartOf(int process)
    {
        var text = Text(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
        var fields = text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > StartField && fields[0] is not ("Z" or "X") ? fields[StartField] : ""; // what has ended and waits to be collected is gone
    }

    private static string NamespaceOfThisProcess()
    {
        try
        {
            return new FileInfo("/proc/self/ns/pid").LinkTarget ?? "";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string Text(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path).Trim() : "";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return ""; // it ended while it was looked at
        }
    }
}
