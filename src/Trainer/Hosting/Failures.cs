using System.Text.RegularExpressions;
using Lhts.Distributed;
using Lhts.Launching;
using Lhts.Trainer.Ownership;
using Lhts.Trainer.Recipes.Yaml;
using Lhts.Trainer.Training;

namespace Lhts.Trainer.Hosting;

/// <summary>Turns exceptions into a message and an exit code.</summary>
public static partial class Failures
{
    // ENOSPC and EDQUOT of Linux, ERROR_DISK_FULL of Windows.
    private static readonly int[] DiskFull = [28, 122, unchecked((int)0x80070070)];

    /// <summary>Writes what is wrong to standard error. What a user can mend or wait for is a message; anything else comes with where it happened.</summary>
    /// <param name="failure">What went wrong.</param>
    /// <param name="hasStepped">Whether a training step was made: then a file that cannot be read or written is no fault of what the user gave.</param>
    /// <param name="hasSaved">Whether an earlier start made steps: then only a file that is not there may be the user's fault.</param>
    /// <returns>The exit code.</returns>
    public static int Report(Exception failure, bool hasStepped = false, bool hasSaved = false)
    {
        var (code, message) = Describe(failure, hasStepped || (hasSaved && failure is not (FileNotFoundException or DirectoryNotFoundException)));
        Console.Error.WriteLine($"lhts: {message}");
        return code;
    }

    /// <summary>The exit code and the message of a failure.</summary>
    internal static (int ExitCode, string Message) Describe(Exception failure, bool hasStepped = false)
    {
        var cause = failure is AggregateException { InnerExceptions.Count: 1 } aggregate ? aggregate.InnerExceptions[0] : failure;
        return cause switch
        {
            IOException when IsDiskFull(cause) => (ExitCode.Failed, $"{cause.Message} Make room; the same command goes on from what is saved."),
            IOException or UnauthorizedAccessException when hasStepped =>
                (ExitCode.Failed, $"{TextOf(cause)} The same command tries again from what is saved."),
            RecipeException or LaunchException or FolderTakenException or InvalidDataException or IOException or UnauthorizedAccessException =>
                (ExitCode.BadInput, TextOf(cause)),
            DistributedException => (ExitCode.LostPeers, cause.Message),
            NonFiniteStepException or OwnershipLostException => (ExitCode.Failed, cause.Message),
            _ when IsOutOfMemory(cause) => (
                ExitCode.Failed,
                $"there is not enough memory: {cause.Message.ReplaceLineEndings(" ")} Lower data.tokensPerMicroBatch or data.contextLength, or take a "
                + "smaller model or more ranks."),
            _ => (ExitCode.Failed, cause.ToString()),
        };
    }

    /// <summary>A message without the runtime's <c>(Parameter 'name')</c>, which names nothing that a user gave.</summary>
    public static string TextOf(Exception failure) => Parameter().Replace(failure.Message, "");

    /// <summary>By libtorch's words: its exceptions are of another type with each binding.</summary>
    private static bool IsOutOfMemory(Exception failure) =>
        failure is OutOfMemoryException || failure.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase)
        || failure.Message.Contains("can't allocate memory", StringComparison.Ordinal);

    private static bool IsDiskFull(Exception failure) => DiskFull.Contains(failure.HResult) || (failure.InnerException is { } inner && IsDiskFull(inner));

    [GeneratedRegex(@" \(Parameter '[^']*'\)")]
    private static partial Regex Parameter();
}
