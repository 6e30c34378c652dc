using System.Diagnostics;
using System.IO.Pipes;
using Lhts.Launching.Agents;

namespace Lhts.Launching.Processes;

/// <summary>What is heard of a worker.</summary>
/// <param name="Beat">It gave a sign of life, and whether it has come further.</param>
/// <param name="Output">It wrote a line, and whether to standard error.</param>
/// <param name="Exited">It has ended.</param>
internal sealed record WorkerEvents(Action<bool> Beat, Action<string, bool> Output, Action<WorkerExit> Exited);

/// <summary>A worker's process with its pipes.</summary>
internal sealed class WorkerProcess
{
    // Whatever a worker started may hold its pipes open; what it wrote itself is there long before.
    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(300);

    private readonly Process process;
    private readonly WorkerEvents events;
    private readonly TimeProvider time;
    private readonly LastErrors lastErrors = new();
    private readonly TaskCompletionSource errorsRead = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private WorkerProcess(Process process, WorkerEvents events, TimeProvider time) => (this.process, this.events, this.time) = (process, events, time);

    /// <summary>The process.</summary>
    public int Id => process.Id;

    /// <summary>Starts a worker.</summary>
    /// <param name="start">Program, arguments and environment, without the pipe for signs of life.</param>
    /// <param name="events">Hears of it, on threads of its own.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">The program cannot be started.</exception>
    public static WorkerProcess Start(ProcessStartInfo start, WorkerEvents events, TimeProvider time)
    {
        var beats = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.Inheritable);
        start.Environment[WorkerTies.BeatVariable] = beats.GetClientHandleAsString();
        start.RedirectStandardInput = start.RedirectStandardError = true;
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch
        {
            beats.Dispose();
            throw;
        }
        finally
        {
            beats.DisposeLocalCopyOfClientHandle(); // no other worker inherits it, and it ends with this one
        }

        process.StandardInput.Close();
        var worker = new WorkerProcess(process, events, time);
        worker.Listen(beats, start.RedirectStandardOutput);
        return worker;
    }

    /// <summary>Asks it to save a checkpoint and end.</summary>
    public void Terminate()
    {
        if (!process.HasExited) _ = Libc.Kill(process.Id, Libc.SigTerm);
    }

    /// <summary>Ends it, stopped or not.</summary>
    public void Kill() => process.Kill();

    private void Listen(Stream beats, bool hasOutput)
    {
        Read(beats, bytes => events.Beat(bytes.Contains(WorkerTies.IsProgress)), () => { });
        var errors = new LineAssembler(TakeError);
        Read(process.StandardError.BaseStream, errors.Push, () =>
        {
            errors.Finish();
            errorsRead.SetResult();
        });
        if (hasOutput)
        {
            var output = new LineAssembler(line => events.Output(line, false));
            Read(process.StandardOutput.BaseStream, output.Push, output.Finish);
        }

        _ = WaitAsync();
    }

    private void TakeError(string line)
    {
        lastErrors.Add(line);
        events.Output(line, true);
    }

    private async Task WaitAsync()
    {
        await process.WaitForExitAsync();
        await Task.WhenAny(errorsRead.Task, Task.Delay(LastWords, time));
        events.Exited(new WorkerExit(process.ExitCode, lastErrors.Take()));
    }

    private delegate void Piece(ReadOnlySpan<byte> bytes);

    /// <summary>Reads on a thread of its own: a pipe's asynchronous reads would each hold a thread of the pool.</summary>
    private static void Read(Stream stream, Piece piece, Action end)
    {
        var thread = new Thread(() => ReadToEnd(stream, piece, end), maxStackSize: 256 * 1024) { IsBackground = true, Name = "lhts worker's pipe" };
        thread.Start();
    }

    private static void ReadToEnd(Stream stream, Piece piece, Action end)
    {
        var buffer = new byte[4096];
        try
        {
            while (stream.Read(buffer) is var count && count > 0) piece(buffer.AsSpan(0, count));
        }
        catch (IOException)
        {
            // as good as its end
        }

        end();
        stream.Dispose();
    }
}
