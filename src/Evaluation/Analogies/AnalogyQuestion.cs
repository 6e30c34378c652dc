namespace Lhts.Evaluation.Analogies;

/// <summary>A question with four choices, one of which is right.</summary>
/// <param name="Category">The relation's name.</param>
/// <param name="Kind">How the choices relate to each other.</param>
/// <param name="Prompt">Solved examples and the question, up to and with <c>Answer:</c>.</param>
/// <param name="Choices">The four choices as the prompt shows them, without quotation marks.</param>
/// <param name="Right">Which of them is right.</param>
public sealed record AnalogyQuestion(string Category, AnalogyKind Kind, string Prompt, IReadOnlyList<string> Choices, int Right);
