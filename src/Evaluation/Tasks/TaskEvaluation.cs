using Lhts.Models.Gpt;
using Lhts.Sampling;

namespace Lhts.Evaluation.Tasks;

/// <summary>Asks a teacher and its student the questions of a task.</summary>
/// <param name="teacher">The model p.</param>
/// <param name="student">The model of p_T; null where there is none.</param>
/// <param name="encode">Turns a prompt into tokens, with what stands before it.</param>
/// <param name="decode">Turns an answer's tokens into text.</param>
/// <param name="checker">Tells right from wrong.</param>
/// <param name="options">Methods, lengths, seed.</param>
public sealed class TaskEvaluation(
    Gpt2 teacher, Gpt2? student, Func<string, int[]> encode, Func<int[], string> decode, IAnswerChecker checker, TaskOptions options)
{
    private readonly TaskDraws draws = new(teacher, student, options);

    /// <summary>Asks all questions by one method.</summary>
    /// <param name="name">The model's name in the table.</param>
    /// <param name="items">The questions; a prompt must leave room for an answer in the model's context.</param>
    /// <param name="method">How answers are drawn.</param>
    /// <param name="progress">Told how many answers are drawn, of <see cref="NumAnswers"/> to each question. Default null: nobody is.</param>
    /// <param name="cancellation">Ends the work between two tokens.</param>
    /// <exception cref="InvalidDataException">A prompt leaves no token of the context for an answer.</exception>
    public TaskRow Run(
        string name, IReadOnlyList<TaskItem> items, TaskMethod method, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        int[][] prompts = [.. items.Select(EncodeChecked)];
        var (drawn, numTokens) = draws.Draw(prompts, method, progress, cancellation);
        TaskScore[] scores = [.. items.Zip(drawn, (item, sequences) => Score(item, Answers(item, method, sequences)))];
        return new TaskRow(name, method, (double)numTokens / scores.Sum(score => score.NumAnswers), scores);
    }

    /// <summary>Answers to a question by a method.</summary>
    public int NumAnswers(TaskMethod method) => method.Kind == TaskMethodKind.Greedy ? 1 : options.Draws;

    /// <summary>The answers that a question's draws come to: themselves, or one of each n.</summary>
    private IEnumerable<string> Answers(TaskItem item, TaskMethod method, SampledSequence[] sequences) => method.Kind switch
    {
        TaskMethodKind.BestOf => sequences.Chunk(method.NumDraws).Select(group => TextOf(group.MaxBy(sequence => sequence.LogProbs.Sum())!)),
        TaskMethodKind.Majority => sequences.Chunk(method.NumDraws).Select(group => MajorityOf(item, [.. group.Select(TextOf)])),
        _ => sequences.Select(TextOf),
    };

    /// <summary>The first text that says what most say; texts that say nothing do not count.</summary>
    private string MajorityOf(TaskItem item, string[] texts)
    {
        var said = texts.GroupBy(text => checker.Read(text, item)).Where(group => group.Key is not null).MaxBy(group => group.Count());
        return said?.First() ?? texts[0];
    }

    private TaskScore Score(TaskItem item, IEnumerable<string> answers)
    {
        string[] all = [.. answers];
        string[] right = [.. all.Where(text => checker.Read(text, item) is { } said && checker.IsRight(said, item))];
        return new TaskScore(right.Length, all.Length, right.Distinct(StringComparer.Ordinal).Count())
        {
            NumUnread = all.Count(text => checker.Read(text, item) is null),
        };
    }

    private string TextOf(SampledSequence sequence) => decode(sequence.Generated.ToArray());

    private int[] EncodeChecked(TaskItem item, int number)
    {
        var tokens = encode(item.Prompt);
        if (tokens.Length < teacher.Config.NumPositions) return tokens;
        throw new InvalidDataException(
            $"Question {number} takes {tokens.Length} of the context's {teacher.Config.NumPositions} tokens, which leaves none for an answer. Shorten its "
            + "prompt, or take it out.");
    }
}
