using Lhts.Basics;

namespace Lhts.Data.Preparing;

/// <summary>
/// A hidden folder beside the one that is made, in which it grows until it is whole. A lock beside it says that somebody is at work: what a process that was
/// killed has left has no such lock any more and is removed by the next one that makes the same folder.
/// </summary>
internal sealed class UnfinishedFolder : IDisposable
{
    private const string Ending = ".tmp";
    private const string LockEnding = ".lock";

    private readonly string final;
    private readonly FileStream held;

    private UnfinishedFolder(string path, string final, FileStream held) => (Path, this.final, this.held) = (path, final, held);

    /// <summary>The hidden folder.</summary>
    public string Path { get; }

    /// <summary>Removes what others have left and makes a folder.</summary>
    /// <param name="final">The absolute path that it will have.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static UnfinishedFolder Make(string final)
    {
        var parent = System.IO.Path.GetDirectoryName(final)!;
        var path = System.IO.Path.Combine(parent, $".{System.IO.Path.GetFileName(final)}.{Guid.NewGuid():N}{Ending}");
        try
        {
            Directory.CreateDirectory(parent);
            RemoveAbandoned(parent, System.IO.Path.GetFileName(final));
            var held = Hold(path + LockEnding) ?? throw new IOException($"'{path + LockEnding}' is held by another process.");
            Directory.CreateDirectory(path);
            return new UnfinishedFolder(path, final, held);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The output folder '{final}' cannot be made: {error.Message} Give a path that you may write to.");
        }
    }

    /// <summary>Gives the folder its final name, which must be free.</summary>
    public void Publish() => AtomicFile.PublishFolder(Path, final);

    /// <summary>Removes the folder unless it was published.</summary>
    public void Dispose()
    {
        if (Directory.Exists(Path)) Directory.Delete(Path, recursive: true);
        held.Dispose();
    }

    private static void RemoveAbandoned(string parent, string name)
    {
        foreach (var folder in Directory.EnumerateDirectories(parent, $".{name}.*{Ending}").Where(folder => IsOurs(folder, name)))
        {
            using var held = Hold(folder + LockEnding);
            if (held is not null) Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Whether the middle of a name is the 32 digits that <see cref="Make"/> gives.</summary>
    private static bool IsOurs(string folder, string name) =>
        Guid.TryParseExact(System.IO.Path.GetFileName(folder)[(name.Length + 2)..^Ending.Length], "N", out _);

    /// <summary>The lock, which ends with the process that holds it; null where another one does.</summary>
    private static FileStream? Hold(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }
}
