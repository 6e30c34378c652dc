namespace Lhts.Distributed;

/// <summary>A collective failed or ran out of time: another rank is gone, hangs, or made a different call. The group is of no further use.</summary>
public sealed class DistributedException(string message, Exception? innerException = null) : Exception(message, innerException);
