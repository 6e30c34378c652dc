using Lhts.Data.Batching;
using Lhts.Models.Gpt;
using Lhts.Sampling;

namespace Lhts.Step.Benchmarks;

/// <summary>A model's size and the documents of a step of it.</summary>
/// <param name="Name">What it is asked for by.</param>
/// <param name="Layers">Blocks.</param>
/// <param name="Width">E.</param>
/// <param name="Heads">Of attention.</param>
/// <param name="Vocabulary">V.</param>
/// <param name="NumDocuments">Of a step.</param>
/// <param name="Shortest">Tokens of the shortest document; lengths are spread evenly up to the longest.</param>
/// <param name="Longest">Tokens of the longest, the context: what the released way pads each document to.</param>
/// <param name="TokensPerMicroBatch">The recipe's setting of the same name, for this project's step.</param>
internal sealed record Shape(
    string Name, int Layers, int Width, int Heads, int Vocabulary, int NumDocuments, int Shortest, int Longest, int TokensPerMicroBatch)
{
    private const ulong Seed = 7;

    /// <summary>GPT-2 small at a context of 256, documents of 60 to 256 tokens (38 % padding); six blocks on characters; the quickstart's.</summary>
    public static IReadOnlyList<Shape> All { get; } =
    [
        new("gpt2", 12, 768, 12, 50_257, 8, 60, 256, 16_384),
        new("characters", 6, 384, 6, 65, 16, 60, 256, 16_384),
        new("quickstart", 3, 128, 4, 70, 64, 129, 129, 8256),
    ];

    /// <summary>The documents, the same in every process.</summary>
    public IReadOnlyList<int[]> Documents =>
        [.. Enumerable.Range(0, NumDocuments).Select(i => Enumerable.Range(0, LengthOf(i)).Select(place => TokenAt(i, place)).ToArray())];

    /// <summary>Predicted tokens of a step.</summary>
    public long NumTokens => Documents.Sum(document => document.Length - 1L);

    /// <summary>The micro-batches that the trainer makes of the documents.</summary>
    public IReadOnlyList<MicroBatch> MicroBatches =>
        MicroBatchPlanner.Group(Documents.Select((tokens, i) => new Sequence(i, i, 0, tokens)), TokensPerMicroBatch, padding: 0);

    /// <summary>Operations of an LHTS step on real tokens alone: a forward pass of the teacher, three of the student (src/Trainer's StepArithmetic).</summary>
    public double Operations => 4 * Documents.Sum(document => Forward(document.Length - 1.0));

    /// <summary>A model with random weights.</summary>
    public Gpt2 Make(ulong seed)
    {
        using var generator = new TorchSharp.torch.Generator(seed);
        var config = new Gpt2Config
        {
            NumLayers = Layers, EmbeddingSize = Width, NumHeads = Heads, VocabularySize = Vocabulary, NumPositions = Longest,
            EmbeddingDropout = 0, ResidualDropout = 0, AttentionDropout = 0,
        };
        return new Gpt2(config, generator);
    }

    private int LengthOf(int document) => Shortest + ((Longest - Shortest) * document / Math.Max(1, NumDocuments - 1));

    private int TokenAt(int document, int place) => (int)(CounterRandom.Uniform(Seed, document, place) * Vocabulary);

    private double Forward(double length)
    {
        double width = Width;
        var block = (12 * width * width) + (2 * length * width);
        return 2 * length * ((Layers * block) + (Vocabulary * width));
    }
}
