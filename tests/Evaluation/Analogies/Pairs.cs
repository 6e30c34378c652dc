using Lhts.Evaluation.Analogies;

namespace Lhts.Evaluation.Tests.Analogies;

/// <summary>A small relation to build questions from.</summary>
internal static class Pairs
{
    public static AnalogyCategory Capitals { get; } = AnalogyFile.Parse("capitals",
    [
        ": capitals", "Athens Greece Rome Italy", "Oslo Norway Paris France", "Cairo Egypt Tokyo Japan", "Lima Peru Bern Switzerland",
        "Berlin Germany Madrid Spain",
    ])[0];
}
