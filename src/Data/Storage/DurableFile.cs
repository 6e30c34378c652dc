using System.Runtime.InteropServices;

namespace Lhts.Data.Storage;

/// <summary>Files and folders that are complete or invisible: written beside, synced to the disk, then renamed.</summary>
public static partial class DurableFile
{
    /// <summary>Replaces a file's contents in one step; its folder is made when missing.</summary>
    /// <exception cref="IOException">The folder or the file cannot be written.</exception>
    public static void WriteAllBytes(string path, ReadOnlySpan<byte> contents)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        var temporary = Path.Combine(folder, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.tmp");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                stream.Write(contents);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
            SyncFolder(folder);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Syncs a file, then gives it its final name in the same folder.</summary>
    public static void PublishFile(string temporary, string final)
    {
        using (var stream = new FileStream(temporary, FileMode.Open, FileAccess.ReadWrite)) stream.Flush(flushToDisk: true);
        File.Move(temporary, final, overwrite: true);
        SyncFolder(Path.GetDirectoryName(Path.GetFullPath(final))!);
    }

    /// <summary>Syncs every file of a folder, then gives the folder its final name, which must be free.</summary>
    public static void PublishFolder(string temporary, string final)
    {
        foreach (var path in Directory.EnumerateFiles(temporary, "*", SearchOption.AllDirectories))
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
            stream.Flush(flushToDisk: true);
        }

        SyncFolder(temporary);
        Directory.Move(temporary, final);
        SyncFolder(Path.GetDirectoryName(Path.GetFullPath(final))!);
    }

    /// <summary>Makes renames in a folder durable. Windows has no such call and needs none.</summary>
    public static void SyncFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = open(folder, 0);
        if (descriptor < 0)
        {
            throw new IOException($"The folder '{folder}' cannot be opened to sync it (error {Marshal.GetLastPInvokeError()}).");
        }

        var status = fsync(descriptor);
        var error = Marshal.GetLastPInvokeError();
        _ = close(descriptor);
        if (status != 0) throw new IOException($"The folder '{folder}' cannot be synced to the disk (error {error}).");
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int descriptor);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);
}
