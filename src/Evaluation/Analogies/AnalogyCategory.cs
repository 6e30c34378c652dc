namespace Lhts.Evaluation.Analogies;

/// <summary>A relation and all pairs of words known to stand in it, without repetitions.</summary>
/// <param name="Name">Such as <c>capital-world</c>.</param>
/// <param name="Pairs">In the order of the file.</param>
public sealed record AnalogyCategory(string Name, IReadOnlyList<WordPair> Pairs);
