using System.Runtime.InteropServices;

namespace Lhts.Launching.Processes;

/// <summary>What the runtime has no call for.</summary>
internal static class Libc
{
    /// <summary>SIGKILL.</summary>
    public const int SigKill = 9;

    /// <summary>SIGTERM.</summary>
    public const int SigTerm = 15;

    /// <summary>PR_SET_PDEATHSIG of prctl(2): the signal that this process gets when the thread that started it ends.</summary>
    public const int SetParentDeathSignal = 1;

    /// <summary>F_SETFD of fcntl(2).</summary>
    public const int SetDescriptorFlags = 2;

    /// <summary>FD_CLOEXEC: programs that this process starts do not inherit the handle.</summary>
    public const int CloseOnExec = 1;

    /// <summary>Sets a property of a handle.</summary>
    [DllImport("libc", EntryPoint = "fcntl")]
    public static extern int FileControl(int handle, int command, int argument);

    /// <summary>Sends a signal.</summary>
    [DllImport("libc", EntryPoint = "kill")]
    public static extern int Kill(int process, int signal);

    /// <summary>The process that started this one, or the one that took its place.</summary>
    [DllImport("libc", EntryPoint = "getppid")]
    public static extern int ParentProcess();

    /// <summary>Sets a property of this process.</summary>
    [DllImport("libc", EntryPoint = "prctl", SetLastError = true)]
    public static extern int ProcessControl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);
}
