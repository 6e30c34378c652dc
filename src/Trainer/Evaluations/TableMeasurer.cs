using Lhts.Evaluation;
using Lhts.Models.Gpt;
using Lhts.Sampling;
using Lhts.Trainer.Stages;

namespace Lhts.Trainer.Evaluations;

/// <summary>
/// Measures teacher and student as the recipe's evaluation asks: the teacher's rows and its best myopic temperatures once, the student's as often as
/// it has changed, and of all rows what takes several of them, gains and diversity by equal numbers of n-grams.
/// </summary>
/// <param name="context">The run.</param>
/// <param name="teacher">The frozen model.</param>
/// <param name="student">The trained one.</param>
/// <param name="prompts">What samples begin with, taken in turn.</param>
/// <param name="numSamples">Samples of each row.</param>
/// <param name="maxTokens">Tokens of a sample at most; null for the context.</param>
internal sealed class TableMeasurer(StageContext context, Gpt2 teacher, Gpt2 student, IReadOnlyList<int[]> prompts, int numSamples, int? maxTokens)
{
    private readonly SampleMeasurer measurer =
        new(teacher, student, context.Tokenizer, numSamples, prompts) { Progress = SignOfWork(context) };
    private readonly BestMyopic sweep =
        new(teacher, prompts, EvaluationSettings.OfBest(context, numSamples, maxTokens)) { Progress = SignOfWork(context) };
    private MeasuredSamples[]? ofTeacher;
    private Dictionary<double, MyopicBest>? best;
    private NgramBudget? wordBudget, tokenBudget;

    /// <summary>Who knows p_T itself. Default null: nobody.</summary>
    public IJointReference? Reference { get; init; }

    /// <summary>Rows of a table.</summary>
    public int NumRows => EvaluationSettings.OfTeacher(context, maxTokens).Count() + EvaluationSettings.OfStudent(context, student, maxTokens).Count();

    /// <summary>The table, and the samples behind its rows. The teacher's are those of the first call.</summary>
    /// <param name="measured">Told of each row that was drawn.</param>
    /// <param name="stop">Ends the work between two tokens.</param>
    public (TradeOffTable Table, IReadOnlyList<MeasuredSamples> Samples) Measure(Action<MeasuredSamples>? measured, CancellationToken stop)
    {
        ofTeacher ??= [.. EvaluationSettings.OfTeacher(context, maxTokens).Select(options => Draw(SampleSource.Teacher, options, measured, stop))];
        best ??= FindBest(stop);
        var references = best.Keys.Select(temperature => Reference?.At(temperature, stop)).OfType<JointReference>().ToArray();
        MeasuredSamples[] all =
            [.. ofTeacher, .. EvaluationSettings.OfStudent(context, student, maxTokens).Select(options => Draw(SampleSource.Student, options, measured, stop))];
        var rows = WithDiversity(all).Zip(all, (row, samples) => WithGain(row, samples.Options, references, stop));
        return (new TradeOffTable([.. rows]) { MyopicCurve = MyopicPoint.Of(sweep.Tried), References = references }, all);
    }

    /// <summary>A row may take longer than a run may be silent.</summary>
    private static SynchronousProgress<int> SignOfWork(StageContext context) => new(_ => context.Reporting.Health.ReportSign());

    private MeasuredSamples Draw(SampleSource source, SamplingOptions options, Action<MeasuredSamples>? measured, CancellationToken stop)
    {
        var samples = measurer.Measure(source, options, EvaluationSettings.TargetOf(context, source, options), stop);
        measured?.Invoke(samples);
        return samples;
    }

    /// <summary>The teacher's own rows take part in the choice.</summary>
    private Dictionary<double, MyopicBest> FindBest(CancellationToken stop)
    {
        foreach (var row in ofTeacher!.Where(samples => samples.Draws is not null)) sweep.Add(row.Options.Temperature, row.Draws!);
        double[] targets = [.. EvaluationSettings.OfStudent(context, student, maxTokens)
            .Select(options => EvaluationSettings.TargetOf(context, SampleSource.Student, options)).OfType<double>().Distinct()];
        return sweep.Find(targets, stop).ToDictionary(found => found.Temperature);
    }

    private TradeOffRow WithGain(TradeOffRow row, SamplingOptions options, JointReference[] references, CancellationToken stop)
    {
        if (row.Source == SampleSource.Teacher || row.FreeEnergy is null || row.LongHorizonTemperature is not { } temperature) return row;
        var reference = references.FirstOrDefault(reference => reference.Temperature == temperature);
        var compared = row.Against(best![temperature], reference);
        if (reference is not { Texts.Count: > 0 }) return compared;
        var texts = reference.Texts;
        var draws = ScoredDraws.Of(student, options, [.. texts.Select(kept => kept.Text)], [.. texts.Select(kept => kept.Score)], isTeacher: false, stop);
        return compared with { LogPartitionUpperBound = LogPartition.UpperBound(draws, temperature) };
    }

    /// <summary>Diversity of words, so that tokenizers compare and a character's few values do not hide it; distinct-n of tokens beside it.</summary>
    private IEnumerable<TradeOffRow> WithDiversity(MeasuredSamples[] all)
    {
        wordBudget ??= NgramBudget.For([.. ofTeacher!.Select(WordsOf)]);
        tokenBudget ??= NgramBudget.For([.. ofTeacher!.Select(samples => samples.Tokens)]);
        return all.Select(samples => samples.Row with
        {
            Diversity = Diversity.Of(WordsOf(samples), wordBudget),
            TokenDistinct = [.. Enumerable.Range(1, Ngrams.MaxOrder).Select(order => Diversity.DistinctOf(samples.Tokens, order, tokenBudget.Of(order)))],
        });
    }

    private static IReadOnlyList<int[]> WordsOf(MeasuredSamples samples) => Words.Number(samples.Texts);
}
