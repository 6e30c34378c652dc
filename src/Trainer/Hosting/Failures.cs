using Lhts.Distributed;
using Lhts.Launching;
using Lhts.Trainer.Recipes.Yaml;

namespace Lhts.Trainer.Hosting;

/// <summary>Turns exceptions into a message and an exit code.</summary>
public static class Failures
{
    /// <summary>Writes what is wrong to standard error. What a user can mend is a message; anything else comes with where it happened.</summary>
    /// <returns>The exit code.</returns>
    public static int Report(Exception failure)
    {
        var cause = failure is AggregateException { InnerExceptions.Count: 1 } aggregate ? aggregate.InnerExceptions[0] : failure;
        var isInput = IsInput(cause);
        var isExpected = isInput || cause is DistributedException;
        Console.Error.WriteLine(isExpected ? $"lhts: {cause.Message}" : $"lhts: {cause}");
        return isInput ? ExitCode.BadInput : cause is DistributedException ? ExitCode.LostPeers : ExitCode.Failed;
    }

    private static bool IsInput(Exception failure) => failure
        is RecipeException or LaunchException or InvalidDataException or FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException
        or IOException { InnerException: IOException or UnauthorizedAccessException };
}
