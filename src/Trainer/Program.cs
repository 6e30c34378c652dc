using Lhts.Trainer;
using Lhts.Trainer.Commands;
using Lhts.Trainer.Hosting;
using Lhts.Launching;

using var ties = WorkerTies.Attach();
var parsed = CommandLine.Build().Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors) Console.Error.WriteLine($"lhts: {error.Message}");
    Console.Error.WriteLine("lhts: 'lhts --help' lists the commands and their arguments.");
    return ExitCode.BadInput;
}

try
{
    return await parsed.InvokeAsync(new System.CommandLine.InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
}
catch (OperationCanceledException)
{
    return ExitCode.Stopped;
}
catch (Exception failure)
{
    return Failures.Report(failure);
}
