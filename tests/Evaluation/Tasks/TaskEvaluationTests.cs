using Lhts.Evaluation.Tasks;
using Lhts.Models.Gpt;
using Lhts.Testing;
using static TorchSharp.torch;

namespace Lhts.Evaluation.Tests.Tasks;

/// <summary>A tiny model whose tokens are digits, asked for two digits.</summary>
public sealed class TaskEvaluationTests : TensorTest
{
    private const int EndOfText = 10;

    private static readonly TaskOptions Options =
        new() { Draws = 4, MaxTokens = 2, MyopicTemperatures = [1, 0.5], SmcTemperatures = [0.5], Particles = 8, BestOf = 8 };

    private static readonly TaskItem[] Items = [new("12", "33"), new("34", "5"), new("567", "10")];

    [Test]
    public void EachMethod_AnswersAllQuestionsTheSameAgain()
    {
        using var teacher = MakeModel();
        using var student = MakeModel();
        var options = Options with { StudentTemperatures = [0.5] };
        foreach (var method in options.Methods())
        {
            var row = Ask(teacher, student, method, options);
            Assert.That(row.Scores.Select(score => score.NumAnswers), Is.All.EqualTo(method.Kind == TaskMethodKind.Greedy ? 1 : 4), method.Name);
            Assert.That(Ask(teacher, student, method, options).Scores, Is.EqualTo(row.Scores), method.Name);
        }
    }

    [Test]
    public void Progress_WithinAMethod_CountsAnswersToTheEnd()
    {
        using var teacher = MakeModel();
        var evaluation = new TaskEvaluation(teacher, null, Encode, string.Concat, AnswerCheckers.Of("last-number"), Options);
        foreach (var method in Options.Methods())
        {
            var told = new Told();
            evaluation.Run("p", Items, method, told);
            Assert.That(told.Values, Has.Count.GreaterThan(1).And.Ordered, method.Name);
            Assert.That(told.Values[0], Is.LessThan(told.Values[^1]), method.Name);
            Assert.That(told.Values[^1], Is.EqualTo(Items.Length * evaluation.NumAnswers(method)), method.Name);
        }
    }

    private sealed class Told : IProgress<int>
    {
        public List<int> Values { get; } = [];

        public void Report(int value) => Values.Add(value);
    }

    // A prompt of m tokens with end-of-text before it goes through once for each answer; of two new tokens only the first is read again.
    [TestCase(TaskMethodKind.Greedy, 1, ExpectedResult = (3 + 3 + 4 + 3 * 1) / 3.0)]
    [TestCase(TaskMethodKind.Myopic, 1, ExpectedResult = (4 * (3 + 3 + 4) + 3 * 4) / 12.0)]
    [TestCase(TaskMethodKind.BestOf, 8, ExpectedResult = (4 * (3 + 3 + 4) + 3 * 4 * 8) / 12.0)]
    [TestCase(TaskMethodKind.Majority, 8, ExpectedResult = (4 * (3 + 3 + 4) + 3 * 4 * 8) / 12.0)]
    public double Cost_OfAnAnswer_CountsTokensThroughTheModel(TaskMethodKind kind, int numDraws)
    {
        using var teacher = MakeModel();
        return Ask(teacher, null, new TaskMethod(kind, kind == TaskMethodKind.Greedy ? 0 : 1, numDraws), Options).TokensPerAnswer;
    }

    [Test]
    public void PowerSmc_OfEightParticles_CostsTheirTokens()
    {
        using var teacher = MakeModel();
        var smc = Ask(teacher, null, new TaskMethod(TaskMethodKind.PowerSmc, 0.5, 8), Options);
        var myopic = Ask(teacher, null, new TaskMethod(TaskMethodKind.Myopic, 0.5), Options);
        Assert.That(smc.TokensPerAnswer - myopic.TokensPerAnswer, Is.EqualTo(8 - 1).Within(1e-12), "one token of two is read again, by each particle");
    }

    [Test]
    public void BestOf_TakesTheLikeliestOfItsDraws()
    {
        using var teacher = MakeModel();
        using var scope = NewDisposeScope();
        var written = new List<int[]>();
        var options = Options with { Draws = 1, BestOf = 64, BatchSize = 64 };
        Ask(teacher, null, new TaskMethod(TaskMethodKind.BestOf, 1, 64), options, tokens => written.Add(tokens));
        var scorer = new SequenceScorer(teacher);
        double LogProb(int[] answer) => scorer.Score([[EndOfText, 1, 2, .. answer]])[0].LogProbs.TakeLast(2).Sum();
        var best = LogProb(written[0]);
        var sampled = new List<int[]>();
        Ask(teacher, null, new TaskMethod(TaskMethodKind.Myopic, 1), options with { Draws = 64 }, tokens => sampled.Add(tokens));
        Assert.That(best, Is.EqualTo(sampled.Take(64).Max(LogProb)).Within(1e-4), "the same seed gives the same 64 draws");
    }

    [Test]
    public void Majority_TakesWhatMostSay_AndNotWhatSaysNothing()
    {
        using var teacher = MakeModel();
        var count = 0;
        // Eight draws for the one answer: three say nothing, three say 33, two say 44.
        string Decode(int[] _) => (count++ % 8) switch { 0 or 1 or 2 => "-", 3 or 4 or 7 => "33", _ => "44" };
        var evaluation = new TaskEvaluation(teacher, null, Encode, Decode, AnswerCheckers.Of("last-number"), Options with { Draws = 1 });
        var row = evaluation.Run("p", Items[..1], new TaskMethod(TaskMethodKind.Majority, 1, 8));
        Assert.That(row.Scores, Is.EqualTo(new[] { new TaskScore(1, 1, 1) }));
    }

    [Test]
    public void Prompt_ThatFillsTheContext_IsNamed()
    {
        using var teacher = MakeModel();
        var evaluation = new TaskEvaluation(teacher, null, Encode, _ => "", AnswerCheckers.Of("exact"), Options);
        Assert.That(
            () => evaluation.Run("p", [new TaskItem("12345678901", "1")], new TaskMethod(TaskMethodKind.Greedy, 0)),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("Question 0 takes 12 of the context's 12 tokens"));
    }

    private static TaskRow Ask(Gpt2 teacher, Gpt2? student, TaskMethod method, TaskOptions options, Action<int[]>? saw = null)
    {
        string Decode(int[] tokens)
        {
            saw?.Invoke(tokens);
            return string.Concat(tokens);
        }

        return new TaskEvaluation(teacher, student, Encode, Decode, AnswerCheckers.Of("last-number"), options).Run("p", Items, method);
    }

    private static int[] Encode(string prompt) => [EndOfText, .. prompt.Select(digit => digit - '0')];

    private static Gpt2 MakeModel()
    {
        using var generator = new Generator(3);
        return new Gpt2(
            new Gpt2Config { NumLayers = 1, NumHeads = 2, EmbeddingSize = 16, NumPositions = 12, VocabularySize = 11, EndOfText = EndOfText,
                InitializerRange = 0.5 }, generator);
    }
}
