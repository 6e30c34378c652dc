using Lhts.Trainer;
using Lhts.Trainer.Commands;
using Lhts.Trainer.Hosting;
using Lhts.Launching;

using var ties = WorkerTies.Attach();
try
{
    return await CommandLine.RunAsync(args);
}
catch (OperationCanceledException)
{
    return ExitCode.Stopped;
}
catch (Exception failure)
{
    return Failures.Report(failure);
}
