using System.Runtime.InteropServices;
using System.Text;

namespace Lhts.Basics;

/// <summary>Files and folders that are complete or absent: written beside, flushed to the disk, then renamed.</summary>
public static class AtomicFile
{
    private const int OpenReadOnly = 0;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>
    /// Writes a file through <paramref name="write"/> so that a reader at any moment, a crash included, sees the old content or all of the new.
    /// </summary>
    /// <param name="path">The file to make or replace; its folder must exist.</param>
    /// <param name="write">Writes the whole content to the stream it is given.</param>
    /// <exception cref="IOException">The disk refused; the old file is untouched and the temporary one removed.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var target = Path.GetFullPath(path);
        var temporary = $"{target}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        FlushFolder(Path.GetDirectoryName(target)!);
    }

    /// <summary>Writes a file of these bytes; its folder is made when missing.</summary>
    /// <inheritdoc cref="Write" path="/exception"/>
    public static void WriteAllBytes(string path, byte[] contents)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        Write(path, stream => stream.Write(contents));
    }

    /// <summary>Writes a file of this text in UTF-8 without a mark; its folder must exist.</summary>
    /// <inheritdoc cref="Write" path="/exception"/>
    public static void WriteAllText(string path, string text) => Write(path, stream => stream.Write(Utf8.GetBytes(text)));

    /// <summary>Flushes a file that was written beside, then gives it its final name in the same folder.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    public static void PublishFile(string temporary, string final)
    {
        FlushFile(temporary);
        File.Move(temporary, final, overwrite: true);
        FlushFolder(Path.GetDirectoryName(Path.GetFullPath(final))!);
    }

    /// <summary>Flushes every file of a folder, then gives the folder its final name, which must be free.</summary>
    /// <exception cref="IOException">The disk refused, or there is something of the final name.</exception>
    public static void PublishFolder(string temporary, string final)
    {
        foreach (var path in Directory.EnumerateFiles(temporary, "*", SearchOption.AllDirectories)) FlushFile(path);
        FlushFolder(temporary);
        Directory.Move(temporary, final);
        FlushFolder(Path.GetDirectoryName(Path.GetFullPath(final))!);
    }

    /// <summary>Makes renames in a folder durable: a rename lives in the folder, which has to be flushed as well (Unix only).</summary>
    /// <exception cref="IOException">The folder cannot be opened or flushed.</exception>
    public static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) return; // NTFS journals the rename itself

        var descriptor = Open(folder, OpenReadOnly);
        if (descriptor < 0)
        {
            throw new IOException($"'{folder}': cannot open the folder to flush it (errno {Marshal.GetLastPInvokeError()}).");
        }

        var status = FlushDescriptor(descriptor);
        var error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        if (status != 0) throw new IOException($"'{folder}': cannot flush the folder to the disk (errno {error}).");
    }

    private static void FlushFile(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        stream.Flush(flushToDisk: true);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int FlushDescriptor(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int descriptor);
}
