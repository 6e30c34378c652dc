namespace Lhts.Trainer.Ownership;

/// <summary>The run folder belongs to a run that goes on.</summary>
public sealed class FolderTakenException(string message) : Exception(message);

/// <summary>The run folder has passed to another process: this one was silent for too long, and publishes nothing more.</summary>
public sealed class OwnershipLostException(string message) : Exception(message);
