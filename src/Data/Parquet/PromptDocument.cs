namespace Lhts.Data.Parquet;

/// <summary>A document and the prompt that it answers.</summary>
/// <param name="Prompt">What is read and not scored; empty where the data set has no prompts.</param>
/// <param name="Text">What follows it.</param>
public readonly record struct PromptDocument(string Prompt, string Text);
