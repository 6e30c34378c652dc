using Lhts.Data.Tokenizers;
using Lhts.Models.Gpt;
using Lhts.Trainer.Recipes;

namespace Lhts.Trainer.Stages;

/// <summary>Which tokens a run's models predict.</summary>
internal static class PredictedTokens
{
    /// <summary>Never those that the tokenizer does not have (vocabularies are padded), nor end-of-text where lengths are fixed.</summary>
    public static void Limit(Gpt2 model, Recipe recipe, ITokenizer tokenizer)
    {
        var banned = Enumerable.Range(tokenizer.VocabularySize, Math.Max(0, model.Config.VocabularySize - tokenizer.VocabularySize)).ToHashSet();
        if (recipe.Student.Lengths == SampleLengths.Fixed) banned.Add(tokenizer.EndOfText);
        if (!banned.SetEquals(model.BannedTokens)) model.BannedTokens = banned;
    }
}
