using Lhts.Distributed;
using Lhts.Launching;
using Lhts.Trainer.Hosting;

namespace Lhts.Trainer.Tests.Hosting;

[NonParallelizable]
public sealed class FailuresTests
{
    private static IEnumerable<TestCaseData> Cases()
    {
        yield return new TestCaseData(new FileNotFoundException("gone"), ExitCode.BadInput, ExitCode.Failed);
        yield return new TestCaseData(new UnauthorizedAccessException("closed"), ExitCode.BadInput, ExitCode.Failed);
        yield return new TestCaseData(new IOException("the folder cannot be written", new IOException("stale handle")), ExitCode.BadInput, ExitCode.Failed);
        yield return new TestCaseData(new IOException("a read failed"), ExitCode.BadInput, ExitCode.Failed);
        yield return new TestCaseData(new InvalidDataException("no text column"), ExitCode.BadInput, ExitCode.BadInput);
        yield return new TestCaseData(new LaunchException(["RANK is x."]), ExitCode.BadInput, ExitCode.BadInput);
        yield return new TestCaseData(new DistributedException("a peer is gone"), ExitCode.LostPeers, ExitCode.LostPeers);
        yield return new TestCaseData(new InvalidOperationException("a bug"), ExitCode.Failed, ExitCode.Failed);
    }

    [TestCaseSource(nameof(Cases))]
    public void Code_OfAFailure_BlamesTheInputOnlyBeforeTheFirstStep(Exception failure, int before, int after)
    {
        Assert.That(Quietly(() => Failures.Report(failure)), Is.EqualTo(before));
        Assert.That(Quietly(() => Failures.Report(failure, hasStepped: true)), Is.EqualTo(after));
    }

    private static int Quietly(Func<int> report)
    {
        var errors = Console.Error;
        Console.SetError(TextWriter.Null);
        try
        {
            return report();
        }
        finally
        {
            Console.SetError(errors);
        }
    }
}
