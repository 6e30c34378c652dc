namespace Lhts.Trainer.Parallel;

/// <summary>All ranks stop after the same step, which is saved: this one or another was asked to.</summary>
public sealed class StopException() : OperationCanceledException("The run was asked to stop.");
