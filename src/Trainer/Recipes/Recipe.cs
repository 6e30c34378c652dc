using Lhts.Data.Batching;
using Lhts.Data.Parquet;
using Lhts.Data.Preparing;
using Lhts.Models.Gpt;

namespace Lhts.Trainer.Recipes;

/// <summary>Everything about a run: what it reads, trains, measures and where it writes. docs/recipes.md lists every key with its default.</summary>
public sealed record Recipe
{
    /// <summary>The run's name: part of its folder and the label of its metrics.</summary>
    public required string Name { get; init; }

    /// <summary>Decides initial weights, the order of documents, temperatures and samples. Default 1.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>The run folder. Default: nothing, which is runs/NAME.</summary>
    public string? Output { get; init; }

    /// <summary>cpu, cuda or cuda:INDEX. Default cpu.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>
    /// What products of training are made in: float32 or bfloat16, under float32 weights, sums and losses. Default: nothing, float32 on the CPU and bfloat16 on
    /// others.
    /// </summary>
    public Precision? Precision { get; init; }

    /// <summary>The precision as it is used.</summary>
    internal Precision PrecisionInUse => Precision ?? (Device == "cpu" ? Lhts.Models.Gpt.Precision.Float32 : Lhts.Models.Gpt.Precision.Bfloat16);

    /// <summary>Threads of the CPU that one operator uses. Default 0: one for each core.</summary>
    public int Threads { get; init; }

    /// <summary>The text.</summary>
    public required DataRecipe Data { get; init; }

    /// <summary>How text becomes tokens.</summary>
    public TokenizerRecipe Tokenizer { get; init; } = new();

    /// <summary>The frozen model p.</summary>
    public TeacherRecipe Teacher { get; init; } = new();

    /// <summary>The model q_T that is fine-tuned from it.</summary>
    public StudentRecipe Student { get; init; } = new();

    /// <summary>The comparison of likelihood with diversity at the end.</summary>
    public EvaluationRecipe Evaluation { get; init; } = new();

    /// <summary>When checkpoints are written.</summary>
    public CheckpointRecipe Checkpoint { get; init; } = new();

    /// <summary>Metrics while training.</summary>
    public TelemetryRecipe Telemetry { get; init; } = new();

    /// <summary>Many ranks.</summary>
    public DistributedRecipe Distributed { get; init; } = new();
}

/// <summary>The documents and how they become sequences.</summary>
public sealed record DataRecipe
{
    /// <summary>A Parquet file, a folder of them or a glob; with <see cref="Prepare"/>, the folder that is made.</summary>
    public required string Path { get; init; }

    /// <summary>How to make the Parquet shards where they are not there yet. Default: nothing, they must be there.</summary>
    public PrepareRecipe? Prepare { get; init; }

    /// <summary>The column that holds the text. Default text.</summary>
    public string TextColumn { get; init; } = "text";

    /// <summary>A column with a prompt for each text, which is read before it and never scored. Default: nothing, there are no prompts.</summary>
    public string? PromptColumn { get; init; }

    /// <summary>Whether a document ends with end-of-text; without it, texts of a fixed length fill the context exactly. Default true.</summary>
    public bool EndWithEndOfText { get; init; } = true;

    /// <summary>The longest sequence in tokens. Default 256.</summary>
    public int ContextLength { get; init; } = 256;

    /// <summary>
    /// What becomes of longer documents: split (all of it is used, in pieces) or cut (the beginning alone is). Default: nothing, which is split, and cut with
    /// prompts.
    /// </summary>
    public LongDocuments? LongDocuments { get; init; }

    /// <summary>What becomes of longer documents. No text is lost unless that is asked for; behind a prompt stands a whole text or its beginning.</summary>
    internal LongDocuments LongDocumentsInUse =>
        LongDocuments ?? (PromptColumn is null ? Lhts.Data.Batching.LongDocuments.Split : Lhts.Data.Batching.LongDocuments.Cut);

    /// <summary>What becomes of row groups that are damaged and documents that cannot be encoded: fail ends the run, skip counts them. Default fail.</summary>
    public BadRows OnBadRows { get; init; } = BadRows.Fail;

    /// <summary>Blocks (row groups) that are shuffled together and held in memory. Default 8.</summary>
    public int ShuffleWindow { get; init; } = 8;

    /// <summary>Most positions of a micro-batch, padding included. Default 16384.</summary>
    public int TokensPerMicroBatch { get; init; } = 16384;
}

/// <summary>What <c>lhts data prepare</c> is told.</summary>
public sealed record PrepareRecipe
{
    /// <summary>
    /// A text file, a JSON Lines file or a folder of them; king-james is the Bible that Debian's package bible-kjv prints; arithmetic-chains and
    /// countdown are made as `chains` and `countdown` say.
    /// </summary>
    public required string Source { get; init; }

    /// <summary>The task of source arithmetic-chains.</summary>
    public ChainRecipe? Chains { get; init; }

    /// <summary>The task of source countdown.</summary>
    public CountdownRecipe? Countdown { get; init; }

    /// <summary>Where documents of plain text end: blank-line, line or file. Default blank-line.</summary>
    public TextLayout Layout { get; init; } = TextLayout.BlankLine;

    /// <summary>The member of a JSON line that holds the text. Default text.</summary>
    public string TextField { get; init; } = "text";

    /// <summary>The member of a JSON line that holds the prompt, for data.promptColumn. Default: nothing, no prompts are written.</summary>
    public string? PromptField { get; init; }

    /// <summary>Most documents of a row group, 1 to 2048. Default 1024.</summary>
    public int RowGroupRows { get; init; } = 1024;

    /// <summary>Most bytes of a row; a longer document becomes several, cut between words. Default 65536.</summary>
    public int RowBytes { get; init; } = 64 << 10;
}

/// <summary>The kinds of tokenizer.</summary>
public enum TokenizerKind
{
    /// <summary>A token for each character.</summary>
    Characters,

    /// <summary>A token for each byte of UTF-8.</summary>
    Bytes,

    /// <summary>A token for each word of the data; words stand between blanks.</summary>
    Words,
}

/// <summary>How text becomes tokens.</summary>
public sealed record TokenizerRecipe
{
    /// <summary>Which kind is made: characters, bytes or words. Default characters.</summary>
    public TokenizerKind Kind { get; init; } = TokenizerKind.Characters;

    /// <summary>A folder with a tokenizer: tokenizer.json, or GPT-2's vocab.json and merges.txt. Default: nothing, it is made.</summary>
    public string? Load { get; init; }

    /// <summary>The characters; text8 is space and a to z. Default: nothing, which takes those that occur in the data.</summary>
    public string? Alphabet { get; init; }
}

/// <summary>Sizes of a transformer; the context is that of the data.</summary>
public sealed record ModelRecipe
{
    /// <summary>Blocks. Default 4.</summary>
    public int Layers { get; init; } = 4;

    /// <summary>Attention heads; they divide the width. Default 4.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>Width of the hidden states. Default 128.</summary>
    public int Width { get; init; } = 128;

    /// <summary>Dropout of embeddings, attention and block outputs while training. Default 0.</summary>
    public double Dropout { get; init; }

    /// <summary>Standard deviation of the initial weights; narrow models learn faster with more than GPT-2's, about 1 / sqrt(width). Default 0.02.</summary>
    public double InitializerRange { get; init; } = 0.02;
}

/// <summary>The frozen model p: loaded, or trained by maximum likelihood.</summary>
public sealed record TeacherRecipe
{
    /// <summary>A folder in Hugging Face's GPT-2 layout with its tokenizer.json. Default: nothing, the teacher is trained.</summary>
    public string? Load { get; init; }

    /// <summary>
    /// A folder with its log-probs of the data, which lhts data score makes; training then skips the teacher. Default: nothing, they are computed.
    /// </summary>
    public string? Scores { get; init; }

    /// <summary>Sizes of a teacher that is trained.</summary>
    public ModelRecipe Model { get; init; } = new();

    /// <summary>How it is trained.</summary>
    public OptimizationRecipe Training { get; init; } = new();
}

/// <summary>Shapes of the learning rate after the warm-up.</summary>
public enum Schedule
{
    /// <summary>It stays.</summary>
    Constant,

    /// <summary>It falls to a tenth along half a cosine.</summary>
    Cosine,

    /// <summary>It stays, and over the last two fifths falls in a straight line to a twentieth.</summary>
    Cooldown,
}

/// <summary>What becomes of a step that is not finite.</summary>
public enum OnNonFinite
{
    /// <summary>The run ends.</summary>
    Stop,

    /// <summary>The update is left out and counted.</summary>
    Skip,
}

/// <summary>Steps and AdamW.</summary>
public sealed record OptimizationRecipe
{
    /// <summary>Optimizer steps. Default 1000.</summary>
    public long Steps { get; init; } = 1000;

    /// <summary>Sequences of a step. Default 64.</summary>
    public int SequencesPerStep { get; init; } = 64;

    /// <summary>The highest learning rate. Default 1e-4.</summary>
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>Steps over which the rate rises from 0. Default 100.</summary>
    public long WarmupSteps { get; init; } = 100;

    /// <summary>constant, cosine or cooldown. Default constant.</summary>
    public Schedule Schedule { get; init; } = Schedule.Constant;

    /// <summary>Decay of matrices; vectors (biases, layer norms) do not decay. Default 0.</summary>
    public double WeightDecay { get; init; }

    /// <summary>AdamW's first factor. Default 0.9.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>AdamW's second factor. Default 0.999.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>What AdamW adds to the root of the mean square, against division by zero. Default 1e-8.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Bound of the gradient's norm. Default 1.</summary>
    public double GradientClip { get; init; } = 1;

    /// <summary>What becomes of a step whose loss, weights or gradient are not finite: stop ends the run, skip leaves the update out. Default stop.</summary>
    public OnNonFinite OnNonFinite { get; init; } = OnNonFinite.Stop;
}

/// <summary>Samples of teacher and student, scored by the teacher.</summary>
public sealed record EvaluationRecipe
{
    /// <summary>Steps of the student between two small evaluations on the way. Default: nothing, only the one at the end.</summary>
    public long? Every { get; init; }

    /// <summary>Samples at each setting of an evaluation on the way. Default 16.</summary>
    public int EverySamples { get; init; } = 16;

    /// <summary>Samples at each setting. Default 64.</summary>
    public int Samples { get; init; } = 64;

    /// <summary>Tokens of a sample at most. Default: nothing, the context.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Long-horizon temperatures of the student. Default: nothing, those of student.temperatures; of a range its ends and two between.</summary>
    public IReadOnlyList<double>? StudentTemperatures { get; init; }

    /// <summary>Myopic temperatures of the teacher. Default 1.0, 0.8, 0.6.</summary>
    public IReadOnlyList<double> TeacherTemperatures { get; init; } = [1.0, 0.8, 0.6];

    /// <summary>Texts of p_T itself by power SMC on the teacher, which tell how much of the gap a student closes. Default: nothing, none.</summary>
    public ReferenceRecipe? Reference { get; init; }

    /// <summary>Samples that are shown of each setting. Default 1.</summary>
    public int Shown { get; init; } = 1;

    /// <summary>A task with right answers that is asked as well. Default: nothing, none.</summary>
    public TaskRecipe? Task { get; init; }
}

/// <summary>Power SMC on the teacher as the evaluation's reference.</summary>
public sealed record ReferenceRecipe
{
    /// <summary>Particles of a run. Default 256.</summary>
    public int Particles { get; init; } = 256;

    /// <summary>Independent runs, whose spread is the error of log Z_T. Default 4.</summary>
    public int Runs { get; init; } = 4;
}

/// <summary>When checkpoints are written and how many are kept.</summary>
public sealed record CheckpointRecipe
{
    /// <summary>Steps between two. Default 250; one is written at the end and when the run is stopped in any case.</summary>
    public long EverySteps { get; init; } = 250;

    /// <summary>Newest ones that are kept of each stage. Default 2.</summary>
    public int Keep { get; init; } = 2;

    /// <summary>
    /// A command that takes a complete checkpoint elsewhere, for sh -c with its folder in LHTS_CHECKPOINT: run beside training and tried again. Default:
    /// nothing.
    /// </summary>
    public string? Mirror { get; init; }
}

/// <summary>Where figures go.</summary>
public sealed record TelemetryRecipe
{
    /// <summary>Port of /metrics, /healthz and /readyz; 0 takes a free one. Default: nothing, no endpoint.</summary>
    public int? Port { get; init; }

    /// <summary>The address that is listened on. Default 127.0.0.1.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>Where metrics are pushed by OTLP. Default: nothing, nowhere.</summary>
    public string? OtlpEndpoint { get; init; }

    /// <summary>Seconds without a step or other sign of work after which /healthz says so. Default 300.</summary>
    public double MaxStepAge { get; init; } = 300;

    /// <summary>
    /// Seconds that the process of a run that is done stays, until its last metrics (the evaluation's) are scraped; two scrape intervals do. Default 0: it ends
    /// at once; 30 in the manifests of lhts k8s render.
    /// </summary>
    public double FinalScrapeSeconds { get; init; }
}
