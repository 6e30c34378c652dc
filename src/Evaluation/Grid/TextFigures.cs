using System.Text.Json.Serialization;

namespace Lhts.Evaluation.Grid;

/// <summary>What one text adds to its cell's figures.</summary>
/// <param name="LogLikelihood">The teacher's log-likelihood of what was generated, in nats.</param>
/// <param name="Tokens">Generated tokens.</param>
/// <param name="Bigrams">Pairs of neighbouring words, repetitions included.</param>
/// <param name="OwnBigrams">How many different ones of these no other text of the cell has.</param>
public readonly record struct TextFigures(
    [property: JsonPropertyName("logP")] double LogLikelihood,
    [property: JsonPropertyName("tokens")] int Tokens,
    [property: JsonPropertyName("bigrams")] int Bigrams,
    [property: JsonPropertyName("own")] int OwnBigrams);
