using System.Text.RegularExpressions;
using Lhts.Evaluation.Analogies;
using Lhts.Evaluation.Tasks;
using Lhts.Testing;

namespace Lhts.Evaluation.Tests.Analogies;

/// <summary>Questions built from word pairs.</summary>
public sealed partial class AnalogyQuestionsTests
{
    [Test]
    public void Build_OneQuestion_HasThePapersForm([Values] AnalogyKind kind)
    {
        var question = AnalogyQuestions.Build([Pairs.Capitals], kind, new AnalogyOptions { QuestionsPerCategory = 1, NumExamples = 1 })[0];

        Assert.That(question.Prompt, Does.Match(Form()));
        Assert.That(question.Prompt, Does.EndWith($"Choices: {string.Join(", ", question.Choices.Select(choice => $"\"{choice}\""))}\nAnswer:"));
    }

    [Test]
    public void Build_ManyQuestions_HaveOneRightChoiceAndThreeUnrelatedOnes([Values] AnalogyKind kind)
    {
        var related = Pairs.Capitals.Pairs.Select(pair => pair.ToString()).ToHashSet();
        foreach (var question in Build(kind))
        {
            Assert.That(question.Choices.Distinct().Count(), Is.EqualTo(4));
            Assert.That(question.Choices.Where(related.Contains), Is.EqualTo(new[] { question.Answer }));
            var numFirsts = question.Choices.Select(choice => choice.Split(' ')[0]).Distinct().Count();
            Assert.That(numFirsts, Is.EqualTo(kind == AnalogyKind.Distinct ? 4 : 2));
            var wrongFirsts = question.Choices.Where(choice => choice != question.Answer).Select(choice => choice.Split(' ')[0]);
            Assert.That(wrongFirsts, Does.Not.Contain(question.Answer.Split(' ')[0]));
        }
    }

    [Test]
    public void Build_ManyQuestions_PutTheRightChoiceAnywhere([Values] AnalogyKind kind)
    {
        var counts = Build(kind).CountBy(RightOf).ToDictionary();

        // 200 draws of four places: 50 each, give or take five standard deviations of 6.1.
        Assert.That(Enumerable.Range(0, 4).Select(place => counts[place]), Is.All.InRange(20, 80));
    }

    [Test]
    public void Build_ManyQuestions_NeverShowTheAnswerInAnExample([Values] AnalogyKind kind)
    {
        foreach (var question in Build(kind))
        {
            var examples = question.Prompt[..question.Prompt.LastIndexOf("Question:", StringComparison.Ordinal)];
            Assert.That(examples, Does.Not.Contain($"Answer: \"{question.Answer}\""));
        }
    }

    [Test]
    public void Build_WithTheSameSeed_GivesTheSameQuestions()
    {
        var texts = Build(AnalogyKind.Distinct).Select(question => question.Prompt).ToArray();

        Assert.That(Build(AnalogyKind.Distinct).Select(question => question.Prompt), Is.EqualTo(texts));
        Assert.That(texts.Distinct().Count(), Is.EqualTo(texts.Length));
        Assert.That(Build(AnalogyKind.Distinct, seed: 1)[0].Prompt, Is.Not.EqualTo(texts[0]));
    }

    [Test]
    public void Build_FromTooFewPairs_NamesTheCategory()
    {
        var small = new AnalogyCategory("small", [.. Pairs.Capitals.Pairs.Take(7)]);

        Assert.That(
            () => AnalogyQuestions.Build([small], AnalogyKind.Distinct, new AnalogyOptions()),
            Throws.InstanceOf<InvalidDataException>().With.Message.EqualTo("Category 'small' has 7 word pairs; questions with 3 examples take 8."));
    }

    [Test]
    public void Build_FromWordsThatAreAllRelated_NamesTheCategory()
    {
        string[] words = ["a", "b", "c", "d", "e", "f", "g", "h"];
        var related = new AnalogyCategory("all", [.. from first in words from second in words select new WordPair(first, second)]);

        Assert.That(() => AnalogyQuestions.Build([related], AnalogyKind.Distinct, new AnalogyOptions()),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("'all' has too few unrelated words"));
    }

    [Test]
    public void Build_FromTheClassicFile_Makes1400Questions([Values] AnalogyKind kind)
    {
        var path = Path.Combine(Repository.Root, "..", "shared", "data", "questions-words.txt");
        var categories = File.Exists(path) ? AnalogyFile.Read(path) : [.. Enumerable.Range(0, 14).Select(i => Pairs.Capitals with { Name = $"category {i}" })];

        var questions = AnalogyQuestions.Build(categories, kind, new AnalogyOptions());

        Assert.That(questions, Has.Count.EqualTo(1400));
    }

    [Test]
    public void Build_OfBothKinds_MakesAGroupOfEach()
    {
        var questions = AnalogyQuestions.Build([Pairs.Capitals], new AnalogyOptions { QuestionsPerCategory = 3 });

        Assert.That(questions.Select(question => question.Group), Is.EqualTo(Enumerable.Repeat("distinct", 3).Concat(Enumerable.Repeat("duplicate", 3))));
        Assert.That(questions.Select(question => RightOf(question)), Is.All.InRange(0, 3));
    }

    private static int RightOf(TaskItem question) => question.Choices.ToList().IndexOf(question.Answer);

    private static IReadOnlyList<TaskItem> Build(AnalogyKind kind, ulong seed = 0) =>
        AnalogyQuestions.Build([Pairs.Capitals], kind, new AnalogyOptions { QuestionsPerCategory = 200, Seed = seed });

    [GeneratedRegex(
        """^(Question: Please choose the word pair that is most analogous to "\w+ \w+"\.\n"""
        + """Choices: ("\w+ \w+", ){3}"\w+ \w+"\nAnswer:( "\w+ \w+"\n\n|$)){2}$""")]
    private static partial Regex Form();
}
