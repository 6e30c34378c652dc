using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Lhts.Basics;
using Lhts.Data.Batching;
using Lhts.Models.Safetensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Trainer.Training;

// N sequences in the order of their lanes, C tokens of the longest.

/// <summary>
/// Keeps the sequences of the first steps that were not finite, to be looked at: step-NUMBER/rank-0.safetensors with tokens (N, C), lengths (N),
/// temperatures (N) and, where there is a teacher, log_probs (N, C-1); rank-0.json with what was found and the documents.
/// </summary>
/// <param name="folder">Where they go.</param>
/// <param name="rank">This process.</param>
public sealed class NonFiniteBatches(string folder, int rank = 0)
{
    /// <summary>Steps that are kept; more of the same tell no more.</summary>
    public const int MostSteps = 3;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        WriteIndented = true,
    };

    /// <summary>Writes this rank's sequences of a step, unless enough steps are there or it has none.</summary>
    /// <returns>The step's folder, or null.</returns>
    internal string? Save(long step, double loss, double gradientNorm, IReadOnlyList<StepInputs> parts)
    {
        var target = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"step-{step:00000000}"));
        if (Directory.Exists(folder) && Directory.EnumerateDirectories(folder).Count(path => path != target) >= MostSteps) return null;
        if (parts.All(part => part.Source is null)) return null;
        using var scope = NewDisposeScope();
        var sequences = parts.SelectMany(SequencesOf).OrderBy(sequence => sequence.Lane).ToArray();
        if (sequences.Length == 0) return null;
        Directory.CreateDirectory(target);
        SafetensorsFile.Write(PathOf(target, "safetensors"), Tensors(sequences));
        AtomicFile.Write(PathOf(target, "json"), stream => JsonSerializer.Serialize(stream, new Found(step, loss, gradientNorm, sequences), Json));
        return target;
    }

    private string PathOf(string target, string extension) => Path.Combine(target, string.Create(CultureInfo.InvariantCulture, $"rank-{rank}.{extension}"));

    private static IEnumerable<Sequence> SequencesOf(StepInputs part)
    {
        if (part.Source is not { } batch) yield break; // this rank had none
        var temperatures = part.Batch.Temperatures.cpu().data<float>().ToArray();
        var logProbs = part.Teacher?.LogProbs.to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
        for (var b = 0; b < batch.NumSequences; b++)
        {
            var length = batch.Lengths[b];
            yield return new Sequence(batch.Lanes[b], batch.Source, batch.DocumentIds[b], batch.Pieces[b], length, temperatures[b])
            {
                Tokens = batch.Tokens.AsMemory(b * batch.Length, length),
                LogProbs = logProbs?.AsMemory(b * (batch.Length - 1), length - 1),
            };
        }
    }

    private static IEnumerable<KeyValuePair<string, Tensor>> Tensors(Sequence[] sequences)
    {
        var longest = sequences.Max(sequence => sequence.Length);
        var (tokens, logProbs) = (new long[sequences.Length * longest], new float[sequences.Length * (longest - 1)]);
        for (var n = 0; n < sequences.Length; n++)
        {
            sequences[n].Tokens.CopyTo(tokens.AsMemory(n * longest));
            sequences[n].LogProbs?.CopyTo(logProbs.AsMemory(n * (longest - 1)));
        }

        yield return KeyValuePair.Create("tokens", tensor(tokens).view(sequences.Length, longest));
        yield return KeyValuePair.Create("lengths", tensor(Array.ConvertAll(sequences, sequence => (long)sequence.Length)));
        yield return KeyValuePair.Create("temperatures", tensor(Array.ConvertAll(sequences, sequence => sequence.Temperature)));
        if (sequences[0].LogProbs is not null) yield return KeyValuePair.Create("log_probs", tensor(logProbs).view(sequences.Length, longest - 1));
    }

    private sealed record Found(long Step, double Loss, double GradientNorm, IReadOnlyList<Sequence> Sequences);

    private sealed record Sequence(int Lane, string Source, long Document, int Piece, int Length, float Temperature)
    {
        [JsonIgnore]
        public ReadOnlyMemory<long> Tokens { get; init; }

        [JsonIgnore]
        public ReadOnlyMemory<float>? LogProbs { get; init; }
    }
}
