using System.Globalization;
using System.Text.Json;

namespace Lhts.Telemetry;

/// <summary>What a training step spends its time on. Time that belongs to none of these is only in the step's total.</summary>
public enum StepPhase
{
    /// <summary>Waiting for the next batch.</summary>
    DataWait,

    /// <summary>Drawing sequences from the student.</summary>
    Draw,

    /// <summary>The teacher's log-probabilities and the weights made of them.</summary>
    Teacher,

    /// <summary>Forward pass and loss of the model that is trained: the student, or in its own stage the teacher.</summary>
    Student,

    /// <summary>The backward pass.</summary>
    Backward,

    /// <summary>Waiting for gradients of the other ranks, beyond what ran during the backward pass.</summary>
    AllReduce,

    /// <summary>Gradient clipping and the optimiser's step.</summary>
    Update,

    /// <summary>Writing a checkpoint.</summary>
    Checkpoint,
}

/// <summary>The model that samples come from.</summary>
public enum SampledModel
{
    /// <summary>The student at a long-horizon temperature.</summary>
    Student,

    /// <summary>The teacher at the same temperature applied token by token (myopic), for comparison.</summary>
    Teacher,
}

/// <summary>Where a run stands.</summary>
public enum RunState
{
    /// <summary>Before its first step since it was started.</summary>
    Starting,

    /// <summary>It has made steps, or evaluates.</summary>
    Running,

    /// <summary>It is done.</summary>
    Done,

    /// <summary>It was told to stop, and has saved what it goes on from.</summary>
    Stopped,

    /// <summary>It ends with an error.</summary>
    Failed,
}

/// <summary>What became of a document on its way into a batch.</summary>
public enum DocumentOutcome
{
    /// <summary>Used whole.</summary>
    Used,

    /// <summary>Longer than the context, so split or cut.</summary>
    Truncated,

    /// <summary>Too short to predict anything.</summary>
    TooShort,

    /// <summary>Not usable: null, or with symbols that the tokenizer does not know.</summary>
    Rejected,
}

/// <summary>
/// Label values, spelled in snake_case and boxed once: a measurement that passes a fresh string or a boxed enum would allocate in every
/// step.
/// </summary>
internal static class Labels
{
    public const string Stage = "stage";
    public const string Phase = "phase";
    public const string Kind = "kind";
    public const string Outcome = "outcome";
    public const string Temperature = "temperature";
    public const string Source = "source";
    public const string Model = "model";
    public const string NGram = "n";
    public const string State = "state";

    public static readonly object[] Phases = Spell<StepPhase>();
    public static readonly object[] Outcomes = Spell<DocumentOutcome>();
    public static readonly object[] States = Spell<RunState>();
    public static readonly object[] Models = Spell<SampledModel>();

    public static readonly object[] NGrams =
        [.. Enumerable.Range(1, SampleFigures.MaxNGram).Select(object (n) => n.ToString(CultureInfo.InvariantCulture))];

    /// <summary>The spelling of an enum value as a label: <c>DataWait</c> is <c>data_wait</c>.</summary>
    public static string Of<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static object[] Spell<T>() where T : struct, Enum => [.. Enum.GetValues<T>().Select(object (value) => Of(value))];
}
