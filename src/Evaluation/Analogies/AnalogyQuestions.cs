using Lhts.Evaluation.Tasks;

namespace Lhts.Evaluation.Analogies;

/// <summary>Builds questions with four choices, one of them right, from categories of word pairs.</summary>
public static class AnalogyQuestions
{
    private const int NumWrong = 3;

    /// <summary>The questions of both kinds, each a group of the task.</summary>
    /// <exception cref="InvalidDataException">A category has too few pairs.</exception>
    public static IReadOnlyList<TaskItem> Build(IReadOnlyList<AnalogyCategory> categories, AnalogyOptions options) =>
        [.. Enum.GetValues<AnalogyKind>().SelectMany(kind => Build(categories, kind, options))];

    /// <summary>
    /// The questions of one kind, category by category: solved examples and the question, up to and with <c>Answer:</c>. The same seed gives the same ones.
    /// </summary>
    /// <exception cref="InvalidDataException">A category has too few pairs.</exception>
    public static IReadOnlyList<TaskItem> Build(IReadOnlyList<AnalogyCategory> categories, AnalogyKind kind, AnalogyOptions options)
    {
        var questions = new List<TaskItem>();
        foreach (var category in categories)
        {
            for (var i = 0; i < options.QuestionsPerCategory; i++)
            {
                questions.Add(Build(category, kind, options.NumExamples, new Draws(options.Seed, 2L * questions.Count + (int)kind)));
            }
        }

        return questions;
    }

    private static TaskItem Build(AnalogyCategory category, AnalogyKind kind, int numExamples, Draws draws)
    {
        var shuffled = draws.Shuffle(category.Pairs);
        var needed = Math.Max(2 * (numExamples + 1), NumWrong + 3);
        if (shuffled.Length < needed)
        {
            throw new InvalidDataException(
                $"Category '{category.Name}' has {shuffled.Length} word pairs; questions with {numExamples} examples take {needed}.");
        }

        // Examples and question use different pairs, so that no answer stands in the prompt as a solved example.
        var items = Enumerable.Range(0, numExamples + 1).Select(i => MakeItem(category, kind, shuffled[2 * i], shuffled[2 * i + 1], draws)).ToArray();
        var examples = items.SkipLast(1).Select(item => $"{item.Question} \"{item.Choices[item.Right]}\"\n\n");
        var (question, choices, right) = items[^1];
        return new TaskItem(string.Concat(examples) + question, choices[right], choices) { Group = kind.ToString().ToLowerInvariant() };
    }

    private static (string Question, string[] Choices, int Right) MakeItem(
        AnalogyCategory category, AnalogyKind kind, WordPair stem, WordPair right, Draws draws)
    {
        string[] choices = draws.Shuffle(WrongChoices(category, kind, stem, right, draws).Append(right.ToString()));
        var question = $"Question: Please choose the word pair that is most analogous to \"{stem}\".\n"
            + $"Choices: {string.Join(", ", choices.Select(choice => $"\"{choice}\""))}\nAnswer:";
        return (question, choices, Array.IndexOf(choices, right.ToString()));
    }

    /// <summary>Words of the category in pairs that are not in its relation; first words other than those of stem and right choice.</summary>
    private static List<string> WrongChoices(AnalogyCategory category, AnalogyKind kind, WordPair stem, WordPair right, Draws draws)
    {
        string[] firsts = draws.Shuffle(category.Pairs.Select(pair => pair.First).Distinct().Where(word => word != stem.First && word != right.First));
        string[] seconds = draws.Shuffle(category.Pairs.Select(pair => pair.Second).Distinct());
        var related = category.Pairs.ToHashSet();
        var wrong = new List<string>();
        foreach (var second in firsts.Length < NumWrong ? [] : seconds)
        {
            var pair = new WordPair(firsts[kind == AnalogyKind.Duplicate ? 0 : wrong.Count], second);
            if (pair.First == pair.Second || related.Contains(pair)) continue;
            wrong.Add(pair.ToString());
            if (wrong.Count == NumWrong) return wrong;
        }

        throw new InvalidDataException(
            $"Category '{category.Name}' has too few unrelated words to make {NumWrong} wrong choices for '{right}'.");
    }
}
