using System.Runtime.CompilerServices;

namespace Lhts.Testing;

/// <summary>Paths of the working copy that the tests were built from.</summary>
public static class Repository
{
    /// <summary>The folder that holds Trainer.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A path below the root.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot([CallerFilePath] string thisFile = "")
    {
        for (var folder = Path.GetDirectoryName(thisFile); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Trainer.sln"))) return folder;
        }

        throw new DirectoryNotFoundException($"No folder above '{thisFile}' holds Trainer.sln.");
    }
}
