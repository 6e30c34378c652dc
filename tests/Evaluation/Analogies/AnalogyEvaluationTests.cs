using Lhts.Evaluation.Analogies;
using Lhts.Models.Gpt;
using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Evaluation.Tests.Analogies;

/// <summary>Asking a tiny model of bytes.</summary>
public sealed class AnalogyEvaluationTests : TensorTest
{
    private static readonly AnalogyOptions Options = new() { QuestionsPerCategory = 3, NumExamples = 1, SamplesPerQuestion = 4, AnswerTokens = 12 };

    [Test]
    public void Run_OnATinyModel_CountsEveryAnswer([Values] AnalogyKind kind)
    {
        using var model = MakeModel(512);

        var scores = Ask(model, Options, kind, 1);

        Assert.That(scores.Select(score => score.NumAnswers), Is.EqualTo(new[] { 4, 4, 4 }));
        Assert.That(Ask(model, Options, kind, 1), Is.EqualTo(scores), "the same seed gives the same answers");
    }

    [Test]
    public void Run_AtTemperatureZero_AsksOnce()
    {
        using var model = MakeModel(512);

        Assert.That(Ask(model, Options, AnalogyKind.Distinct, 0).Select(score => score.NumAnswers), Is.All.EqualTo(1));
    }

    [Test]
    public void Run_OfAModelWhoseAnswersAreKnown_ScoresThem()
    {
        using var model = MakeModel(512);
        var questions = AnalogyQuestions.Build([Pairs.Capitals], AnalogyKind.Distinct, Options);
        var asked = 0;

        // The decoder stands in for a model that knows the first question, errs in the second and rambles in the third.
        string Decode(int[] _) => (asked++ / 4) switch
        {
            0 => $" \"{questions[0].Choices[questions[0].Right]}\"",
            1 => $" \"{questions[1].Choices[(questions[1].Right + 1) % 4]}\"",
            _ => string.Join(' ', questions[2].Choices),
        };
        var scores = new AnalogyEvaluation(model, Encode, Decode, Options).Run(questions, 1);

        Assert.That(scores, Is.EqualTo(
            new[] { new QuestionScore("capitals", 4, 0, 0, 0), new QuestionScore("capitals", 0, 4, 0, 0), new QuestionScore("capitals", 0, 0, 4, 0) }));
    }

    [Test]
    public void Run_OfQuestionsLongerThanTheContext_SaysHowLong()
    {
        using var model = MakeModel(64);

        Assert.That(() => Ask(model, Options, AnalogyKind.Distinct, 1), Throws.ArgumentException.With.Message.Contains("exceed the model's context of 64"));
    }

    private static IReadOnlyList<QuestionScore> Ask(Gpt2 model, AnalogyOptions options, AnalogyKind kind, double temperature) =>
        new AnalogyEvaluation(model, Encode, tokens => string.Concat(tokens.Select(token => (char)token)), options)
            .Run(AnalogyQuestions.Build([Pairs.Capitals], kind, options), temperature);

    private static int[] Encode(string text) => [.. text.Select(letter => (int)letter)];

    private static Gpt2 MakeModel(int context) =>
        new(new Gpt2Config { NumLayers = 1, EmbeddingSize = 8, NumHeads = 2, VocabularySize = 128, NumPositions = context }, new Generator(1));
}
