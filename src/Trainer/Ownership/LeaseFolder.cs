using System.Globalization;

namespace Lhts.Trainer.Ownership;

/// <summary>
/// The leases of a run folder: RUN/owner/epoch-NUMBER, one file for each owner it had; the highest number owns the folder. A number is taken by making its file
/// (O_EXCL, which NFS keeps as well), never by replacing one, so that of several processes one wins; and an owner writes its own file only, so that one that
/// was long gone and wakes up spoils nobody's. Opening a folder asks the server of a network file system, whatever is cached.
/// </summary>
internal sealed class LeaseFolder(string run)
{
    private const string Prefix = "epoch-";

    private readonly string folder = Path.Combine(run, "owner");

    /// <summary>The highest epoch; 0 where the folder never had an owner.</summary>
    public long Newest => Directory.Exists(folder) ? Directory.EnumerateFiles(folder, Prefix + "*").Select(NumberOf).DefaultIfEmpty(0).Max() : 0;

    /// <summary>The content of an epoch's file; empty when it is gone.</summary>
    public byte[] Read(long epoch)
    {
        try
        {
            using var file = new FileStream(PathOf(epoch), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var content = new MemoryStream();
            file.CopyTo(content);
            return content.ToArray();
        }
        catch (FileNotFoundException)
        {
            return [];
        }
    }

    /// <summary>Makes an epoch's file; false when another process has made it.</summary>
    public bool TryMake(long epoch, byte[] content)
    {
        Directory.CreateDirectory(folder);
        try
        {
            using var file = new FileStream(PathOf(epoch), FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            file.Write(content);
            return true;
        }
        catch (IOException) when (File.Exists(PathOf(epoch)))
        {
            return false;
        }
    }

    /// <summary>Writes an epoch's file anew.</summary>
    /// <exception cref="IOException">It is gone, or cannot be written.</exception>
    public void Write(long epoch, byte[] content)
    {
        using var file = new FileStream(PathOf(epoch), FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        file.Write(content);
        file.SetLength(content.Length);
    }

    /// <summary>Removes the files of epochs before one.</summary>
    public void RemoveBefore(long epoch)
    {
        foreach (var path in Directory.GetFiles(folder, Prefix + "*").Where(path => NumberOf(path) < epoch)) File.Delete(path);
    }

    private string PathOf(long epoch) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{epoch:00000000}"));

    private static long NumberOf(string path) =>
        long.TryParse(Path.GetFileName(path)[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
