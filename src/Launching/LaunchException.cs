namespace Lhts.Launching;

/// <summary>A run that cannot be started as its environment or arguments say, with everything that is wrong in them.</summary>
public sealed class LaunchException : Exception
{
    /// <summary>Makes the exception; the message is a heading and one line for each error.</summary>
    /// <param name="errors">At least one error: what was given, the bound, what to do.</param>
    public LaunchException(IReadOnlyList<string> errors)
        : base($"the ranks of this run cannot be laid out: {errors.Count} {(errors.Count == 1 ? "error" : "errors")}"
            + string.Concat(errors.Select(error => "\n  " + error))) =>
        Errors = errors;

    /// <summary>What is wrong.</summary>
    public IReadOnlyList<string> Errors { get; }
}
