using Lhts.Data.Tokenizers;
using Lhts.Trainer.Stages;

namespace Lhts.Trainer.Evaluations;

/// <summary>What the samples of an evaluation begin with.</summary>
internal static class EvaluationPrompts
{
    // More would add little to a mean over prompts, and all are kept in memory as tokens.
    private const int MaxPrompts = 4096;

    /// <summary>The beginning of a document; for data with prompts those of the evaluation's task, or else of the first documents.</summary>
    /// <exception cref="InvalidDataException">A prompt leaves no token of the context for an answer.</exception>
    public static IReadOnlyList<int[]> Of(StageContext context)
    {
        var (recipe, tokenizer) = (context.Recipe, context.Tokenizer);
        if (recipe.Data.PromptColumn is null) return [[tokenizer.EndOfText]];
        var texts = recipe.Evaluation.Task is { } task
            ? TaskQuestions.Of(recipe, task, CancellationToken.None).Items.Select(item => item.Prompt)
            : context.Data.ReadPrompts().Select(row => row.Prompt);
        var prompts = Encode(tokenizer, texts.Take(MaxPrompts));
        var longest = Array.FindIndex(prompts, prompt => prompt.Length >= recipe.Data.ContextLength);
        if (longest < 0) return prompts;
        throw new InvalidDataException(
            $"Prompt {longest} of the evaluation takes {prompts[longest].Length} of the context's {recipe.Data.ContextLength} tokens, which leaves none to "
            + "continue it. Shorten it, or raise data.contextLength.");
    }

    /// <summary>Prompts as tokens: the end-of-text before each stands for the beginning.</summary>
    public static int[][] Encode(ITokenizer tokenizer, IEnumerable<string> texts) =>
        [.. texts.Select(text => (int[])[tokenizer.EndOfText, .. tokenizer.Encode(text)])];
}
