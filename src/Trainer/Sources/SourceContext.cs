using Lhts.Data.Batching;
using Lhts.Data.Order;
using Lhts.Data.Parquet;
using Lhts.Data.Scores;
using Lhts.Data.Tokenizers;
using Lhts.Models.Gpt;
using Lhts.Telemetry;
using Lhts.Trainer.Training;

namespace Lhts.Trainer.Sources;

/// <summary>What a source may be made of.</summary>
/// <param name="Data">The documents.</param>
/// <param name="Tokenizer">How they become tokens.</param>
/// <param name="Batches">The whole step's sequences, their length, and this rank.</param>
/// <param name="Seed">Of everything drawn in this stage.</param>
public sealed record SourceContext(DataSet Data, ITokenizer Tokenizer, BatchOptions Batches, ulong Seed)
{
    /// <summary>The order of the documents. Default: that of the seed.</summary>
    public OrderOptions? Order { get; init; }

    /// <summary>The frozen model. Default null: it is not there.</summary>
    public Gpt2? Teacher { get; init; }

    /// <summary>The model that is trained, with the weights of the moment. Default null: it is not there.</summary>
    public Gpt2? Student { get; init; }

    /// <summary>The temperature of each sequence. Default null: there is none.</summary>
    public TemperatureDraws? Temperatures { get; init; }

    /// <summary>Whether samples have as many tokens as the context, without end-of-text. Default false: they end where the model ends them.</summary>
    public bool HasFixedLengths { get; init; }

    /// <summary>Kept log-probs of the teacher. Default null.</summary>
    public ScoreSet? Scores { get; init; }

    /// <summary>Times the drawing of sequences. Default null: nobody does.</summary>
    public PhaseClock? Clock { get; init; }

    /// <summary>Told about rows that are skipped. Default null: nobody.</summary>
    public Action<string>? Report { get; init; }

    /// <summary>Sequences of a step over all ranks.</summary>
    public int SequencesPerStep => Batches.SequencesPerStep;

    /// <summary>The same for a part of each step.</summary>
    /// <param name="numSequences">Sequences of that part.</param>
    public SourceContext ForPart(int numSequences) => this with { Batches = Batches with { SequencesPerStep = numSequences } };
}
