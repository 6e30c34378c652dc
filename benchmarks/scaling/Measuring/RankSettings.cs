using System.Text.Json;
using Lhts.Models.Gpt;
using Lhts.Trainer.Recipes;

namespace Lhts.Scaling.Benchmarks.Measuring;

/// <summary>What every measured step computes.</summary>
internal sealed record Workload
{
    /// <summary>Blocks.</summary>
    public int Layers { get; init; } = 6;

    /// <summary>Width, in heads of 32.</summary>
    public int Width { get; init; } = 256;

    /// <summary>Tokens that there are. Default: a share of all parameters like that of GPT-2 XL.</summary>
    public int Vocabulary { get; init; } = 1024;

    /// <summary>Tokens of a sequence.</summary>
    public int Length { get; init; } = 128;

    /// <summary>Sequences of a rank: half of the 32 that the recipes for two cores make a step of.</summary>
    public int Sequences { get; init; } = 16;

    /// <summary>Measured steps of a round.</summary>
    public int Steps { get; init; } = 10;

    /// <summary>Times that everything is measured, one after the other.</summary>
    public int Rounds { get; init; } = 1;

    /// <summary>The model.</summary>
    public Gpt2Config Config => new()
    {
        NumLayers = Layers, NumHeads = Math.Max(1, Width / 32), EmbeddingSize = Width, VocabularySize = Vocabulary, NumPositions = Length,
        ResidualDropout = 0, EmbeddingDropout = 0, AttentionDropout = 0,
    };
}

/// <summary>What a process is told that measures steps.</summary>
internal sealed record RankSettings
{
    private const string Variable = "LHTS_SCALING_RANK";

    public required Workload Workload { get; init; }
    public required int Rank { get; init; }
    public required int WorldSize { get; init; }
    public required int Threads { get; init; }
    public required string Master { get; init; }
    public required int Port { get; init; }

    /// <summary>This rank's own address.</summary>
    public required string Address { get; init; }

    /// <summary>The interface whose bytes are counted; null to count none.</summary>
    public string? Interface { get; init; }

    public required DistributedRecipe Distributed { get; init; }

    /// <summary>Whether gradients are sent while backward goes on.</summary>
    public required bool Overlaps { get; init; }

    /// <summary>Reads them where this process was started as a rank.</summary>
    public static RankSettings? OfThisProcess() =>
        Environment.GetEnvironmentVariable(Variable) is { } text ? JsonSerializer.Deserialize<RankSettings>(text) : null;

    public void Put(IDictionary<string, string?> environment) => environment[Variable] = JsonSerializer.Serialize(this);
}
