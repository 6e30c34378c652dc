using System.Runtime.InteropServices;

namespace Lhts.Models;

/// <summary>Files that are complete or absent: written beside, flushed to the disk, then renamed.</summary>
public static class AtomicFile
{
    private const int OpenReadOnly = 0;

    /// <summary>
    /// Writes a file through <paramref name="write"/> so that a reader at any moment, a crash included, sees the old content or all of the new.
    /// </summary>
    /// <param name="path">The file to make or replace; its folder must exist.</param>
    /// <param name="write">Writes the whole content to the stream it is given.</param>
    /// <exception cref="IOException">The disk refused; the old file is untouched and the temporary one removed.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var target = Path.GetFullPath(path);
        var temporary = $"{target}.{Environment.ProcessId}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 16))
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

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int FlushDescriptor(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int descriptor);
}
