using Lhts.Data.Batching;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Recipes.Yaml;

namespace Lhts.Trainer.Sources;

/// <summary>Documents and samples of the teacher, in fixed proportion.</summary>
public sealed record MixRecipe : TeacherSourceRecipe
{
    /// <summary>The teacher's part of a mixture's sequences, to the nearest whole number of a step. Default 0.2.</summary>
    public double TeacherShare { get; init; } = 0.2;

    /// <inheritdoc/>
    internal override bool IsTeacherOnly => false;

    /// <inheritdoc/>
    public override ISequenceSource Build(SourceContext context)
    {
        var numDrawn = NumDrawn(context.SequencesPerStep);
        var numDocuments = context.SequencesPerStep - numDrawn;
        return new Mixture(new CorpusSource(context.ForPart(numDocuments)), new TeacherSamples(context.ForPart(numDrawn), this, firstLane: numDocuments));
    }

    /// <inheritdoc/>
    public override void Check(Validator validator, StudentRecipe student)
    {
        var numSequences = student.Training.SequencesPerStep;
        var numDrawn = NumDrawn(numSequences);
        validator.Check(
            numDrawn > 0 && numDrawn < numSequences, "teacherShare", TeacherShare,
            $"a share that gives each source one of the {numSequences} sequences of a step", "change the share, or choose kind corpus or teacher");
        CheckDraws(validator, numDrawn);
    }

    private int NumDrawn(int sequencesPerStep) => (int)Math.Round(TeacherShare * sequencesPerStep, MidpointRounding.AwayFromZero);
}

/// <summary>Several sources side by side in every step, each in micro-batches and on lanes of its own.</summary>
/// <param name="sources">The sources.</param>
public sealed class Mixture(params IReadOnlyList<ISequenceSource> sources) : ISequenceSource
{
    /// <inheritdoc/>
    public double Epoch => sources.Max(source => source.Epoch);

    /// <inheritdoc/>
    public DataCounters? Documents => sources.Select(source => source.Documents).FirstOrDefault(documents => documents is not null);

    /// <inheritdoc/>
    public IReadOnlyList<MicroBatch> Next(long step, CancellationToken stop)
    {
        // The documents, which come first, are asked last: their place moves on with the asking, and a draw that is broken off must not cost them a step.
        var parts = new IReadOnlyList<MicroBatch>[sources.Count];
        for (var i = sources.Count - 1; i >= 0; i--) parts[i] = sources[i].Next(step, stop);
        return [.. parts.SelectMany(part => part)];
    }

    /// <inheritdoc/>
    public void Done(long step)
    {
        foreach (var source in sources) source.Done(step);
    }

    /// <inheritdoc/>
    public void Save(string folder)
    {
        foreach (var source in sources) source.Save(folder);
    }

    /// <inheritdoc/>
    public void Load(string folder)
    {
        foreach (var source in sources) source.Load(folder);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var source in sources) source.Dispose();
    }
}
