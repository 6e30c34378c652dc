using System.Buffers;
using System.Text.Json;
using Lhts.Basics;

namespace Lhts.Telemetry;

/// <summary>
/// The figures of a run as JSON Lines, one line a step, in the run folder. Each line is handed to the system in one write as soon as it is
/// made, so a killed process loses none; a line that a power cut tore is dropped on resumption. Allocates nothing per step once warm.
/// </summary>
public sealed class MetricsFile : IDisposable
{
    /// <summary>The usual name of the file in a run folder.</summary>
    public const string FileName = "metrics.jsonl";

    private readonly FileStream _file;
    private readonly Action? _check;
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Utf8JsonWriter _json;

    private MetricsFile(FileStream file, Action? check = null)
    {
        (_file, _check) = (file, check);
        _json = new Utf8JsonWriter(_buffer);
    }

    /// <summary>Starts a file; one that is there is emptied.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static MetricsFile Create(string path) => new(Open(path, FileMode.Create));

    /// <summary>
    /// Continues a file after a resumption: the lines of later steps, which the resumed run makes again, are dropped. A file that is not there is started. The
    /// name then stands for another file, so that a process that still has the former one open adds nothing to this.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="stages">The stages of the run in their order, up to the one that is resumed: lines of others are dropped.</param>
    /// <param name="lastStep">The last step that the checkpoint holds; 0 drops the whole stage.</param>
    /// <param name="check">Called before each line; what it throws ends the writing. Default: nothing.</param>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    public static MetricsFile Resume(string path, IReadOnlyList<string> stages, long lastStep, Action? check = null)
    {
        check?.Invoke();
        AtomicFile.Write(path, copy => CopyUpTo(path, stages, lastStep, copy));
        var file = Open(path, FileMode.Open);
        file.Seek(0, SeekOrigin.End);
        return new MetricsFile(file, check);
    }

    private static void CopyUpTo(string path, IReadOnlyList<string> stages, long lastStep, Stream copy)
    {
        if (!File.Exists(path)) return;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var length = MetricsFileReader.LengthUpTo(file, stages, lastStep);
        file.Seek(0, SeekOrigin.Begin);
        file.CopyTo(copy);
        copy.SetLength(length);
    }

    /// <summary>Appends the line of one step.</summary>
    /// <exception cref="IOException">The file cannot be written, e.g. because the disk is full.</exception>
    public void Append(in StepFigures figures)
    {
        BeginLine();
        StepFiguresJson.Write(_json, figures);
        EndLine();
    }

    /// <summary>Appends a line with what an evaluation after a step of a stage found for one model and temperature.</summary>
    /// <exception cref="IOException">The file cannot be written, e.g. because the disk is full.</exception>
    public void Append(string stage, long step, in SampleFigures figures)
    {
        BeginLine();
        StepFiguresJson.WriteSamples(_json, stage, step, figures);
        EndLine();
    }

    private void BeginLine()
    {
        _buffer.ResetWrittenCount();
        _json.Reset();
    }

    private void EndLine()
    {
        _json.Flush();
        _buffer.Write("\n"u8);
        _check?.Invoke();
        _file.Write(_buffer.WrittenSpan);
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        _json.Dispose();
        _file.Dispose();
    }

    /// <summary>Without a buffer of its own, and open to readers while it is written.</summary>
    private static FileStream Open(string path, FileMode mode) => new(path, mode, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
}
