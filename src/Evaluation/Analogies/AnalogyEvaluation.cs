using Lhts.Models.Gpt;
using Lhts.Sampling;

namespace Lhts.Evaluation.Analogies;

/// <summary>Asks a model analogy questions.</summary>
/// <param name="model">Teacher or student.</param>
/// <param name="encode">Turns a text into tokens, without an end-of-text.</param>
/// <param name="decode">Turns tokens into text.</param>
/// <param name="options">How answers are drawn.</param>
public sealed class AnalogyEvaluation(Gpt2 model, Func<string, int[]> encode, Func<int[], string> decode, AnalogyOptions options)
{
    /// <summary>Asks each question as often as the options say, at one myopic temperature.</summary>
    /// <param name="questions">The questions; prompt and answer must fit into the model's context.</param>
    /// <param name="temperature">Myopic temperature; at 0 one answer stands for all.</param>
    /// <param name="progress">Told how many questions are done.</param>
    /// <param name="cancellation">Ends the work between two tokens.</param>
    /// <returns>Scores in the order of the questions.</returns>
    /// <exception cref="ArgumentException">A question does not fit into the model's context.</exception>
    public IReadOnlyList<QuestionScore> Run(
        IReadOnlyList<AnalogyQuestion> questions, double temperature, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        var prompts = questions.Select(EncodeChecked).ToArray();
        var numSamples = temperature == 0 ? 1 : options.SamplesPerQuestion;
        var sampler = new Sampler(model, new SamplingOptions
        {
            Temperature = temperature,
            LongHorizonTemperature = options.LongHorizonTemperature,
            MaxNewTokens = options.AnswerTokens,
            EndOfText = model.Config.EndOfText,
            BatchSize = options.BatchSize,
            Seed = options.Seed,
        });
        var scores = new QuestionScore[questions.Count];
        for (var i = 0; i < scores.Length; i++)
        {
            // Equal prompts share a batch, in which the prompt goes through the model once.
            var samples = sampler.Sample([.. Enumerable.Repeat(prompts[i], numSamples)], (long)i * numSamples, cancellation: cancellation);
            var outcomes = samples.Select(sample => AnswerMatch.Judge(decode(sample.Generated.ToArray()), questions[i])).ToArray();
            scores[i] = QuestionScore.Of(questions[i], outcomes);
            progress?.Report(i + 1);
        }

        return scores;
    }

    private int[] EncodeChecked(AnalogyQuestion question, int number)
    {
        var tokens = encode(question.Prompt);
        if (tokens.Length + options.AnswerTokens <= model.Config.NumPositions) return tokens;
        throw new ArgumentException(
            $"Question {number} ('{question.Category}') has {tokens.Length} tokens, which with {options.AnswerTokens} for the answer exceed the model's "
            + $"context of {model.Config.NumPositions}; ask with fewer examples or a model with more positions.");
    }
}
