using System.Text.Json;

namespace Lhts.Models.Gpt;

/// <summary>The bounds of a configuration; all faults are collected, none stops the check.</summary>
public static class Gpt2ConfigCheck
{
    // Far above any model, low enough that no product of them overflows and no list of their tensors fills the memory.
    private const int MaxLayers = 1_000;
    private const int MaxWidth = 1_000_000;
    private const int MaxRows = 100_000_000;

    /// <summary>Throws when the configuration has faults.</summary>
    /// <param name="source">What the configuration comes from, for the message.</param>
    /// <param name="config">The configuration.</param>
    /// <exception cref="InvalidDataException">There are faults; the message lists all of them.</exception>
    public static void Check(string source, Gpt2Config config)
    {
        var faults = Faults(config).ToArray();
        if (faults.Length == 0) return;
        throw new InvalidDataException(
            $"'{source}': not a model that this project can run:\n" + string.Join('\n', faults.Select(fault => $"  - {fault}")));
    }

    /// <summary>The configuration's faults, one sentence each.</summary>
    public static IEnumerable<string> Faults(Gpt2Config config) =>
        SizeFaults(config).Concat(NumberFaults(config)).Concat(TokenFaults(config)).Concat(FeatureFaults(config)).Concat(TemperatureFaults(config));

    private static IEnumerable<string> SizeFaults(Gpt2Config config)
    {
        (string Key, int Value, int Max)[] sizes =
        [
            ("n_layer", config.NumLayers, MaxLayers),
            ("n_embd", config.EmbeddingSize, MaxWidth),
            ("n_head", config.NumHeads, MaxWidth),
            ("vocab_size", config.VocabularySize, MaxRows),
            ("n_positions", config.NumPositions, MaxRows),
            ("n_inner", config.InnerSize ?? 1, 4 * MaxWidth),
        ];
        foreach (var (key, value, max) in sizes)
        {
            if (value < 1 || value > max) yield return $"{key} is {value}; it must be from 1 to {max}";
        }

        if (config.NumHeads >= 1 && config.EmbeddingSize % config.NumHeads != 0)
        {
            yield return $"n_embd {config.EmbeddingSize} is not a multiple of n_head {config.NumHeads}";
        }
    }

    private static IEnumerable<string> NumberFaults(Gpt2Config config)
    {
        (string Key, double Value)[] dropouts =
            [("resid_pdrop", config.ResidualDropout), ("embd_pdrop", config.EmbeddingDropout), ("attn_pdrop", config.AttentionDropout)];
        foreach (var (key, value) in dropouts)
        {
            if (!(value >= 0 && value < 1)) yield return $"{key} is {value}; it must be at least 0 and below 1";
        }

        if (!(config.LayerNormEpsilon > 0 && config.LayerNormEpsilon < 1))
        {
            yield return $"layer_norm_epsilon is {config.LayerNormEpsilon}; it must lie between 0 and 1";
        }

        if (!(config.InitializerRange >= 0 && config.InitializerRange < 10))
        {
            yield return $"initializer_range is {config.InitializerRange}; it must be at least 0 and below 10";
        }
    }

    private static IEnumerable<string> TokenFaults(Gpt2Config config)
    {
        (string Key, int? Value)[] tokens = [("bos_token_id", config.BeginOfText), ("eos_token_id", config.EndOfText)];
        foreach (var (key, value) in tokens)
        {
            if (value < 0 || value >= config.VocabularySize)
            {
                yield return $"{key} is {value}; with vocab_size {config.VocabularySize} it must be from 0 to {config.VocabularySize - 1}";
            }
        }

        var banned = config.BannedTokens ?? [];
        foreach (var token in banned.Where(token => token < 0 || token >= config.VocabularySize))
        {
            yield return $"lhts_banned_tokens holds {token}; with vocab_size {config.VocabularySize} it must be from 0 to {config.VocabularySize - 1}";
        }

        if (banned.Count > 0 && banned.Distinct().Count() >= config.VocabularySize) yield return "lhts_banned_tokens holds every token";
    }

    private static IEnumerable<string> FeatureFaults(Gpt2Config config)
    {
        if (config.OtherKeys?.GetValueOrDefault("model_type") is { ValueKind: not JsonValueKind.Undefined } type
            && !(type.ValueKind == JsonValueKind.String && type.ValueEquals("gpt2")))
        {
            yield return $"model_type is {type.GetRawText()}; only \"gpt2\" is supported";
        }

        if (config.ActivationFunction is not ("gelu_new" or "gelu_pytorch_tanh"))
        {
            yield return $"activation_function is '{config.ActivationFunction}'; only gelu_new (GELU in its tanh form) is supported";
        }

        if (!config.ScaleAttentionWeights) yield return "scale_attn_weights is false; only true is supported";
        if (config.ScaleAttentionByLayer) yield return "scale_attn_by_inverse_layer_idx is true; only false is supported";
        if (!config.TieWordEmbeddings) yield return "tie_word_embeddings is false; only true is supported";
    }

    private static IEnumerable<string> TemperatureFaults(Gpt2Config config)
    {
        if (!Enum.IsDefined(config.TemperatureConditioning))
        {
            yield return $"lhts_temperature_conditioning is {config.TemperatureConditioning}; known ones: none, every_position, prefix, layer_norms, weights";
        }

        (string Key, double? Value)[] ends =
            [("lhts_lowest_temperature", config.LowestTemperature), ("lhts_highest_temperature", config.HighestTemperature)];
        foreach (var (key, value) in ends)
        {
            if (value is { } temperature && !IsTemperature(temperature)) yield return $"{key} is {value}; it must be a number above 0";
        }

        if (config.TemperatureConditioning == TemperatureConditioning.Weights && WeightPath.UnitOf(config) == 0)
        {
            yield return "lhts_lowest_temperature and lhts_highest_temperature are 1; a path in weight space needs one that is not";
        }

        if (config.PathRank < 1) yield return $"lhts_path_rank is {config.PathRank}; it must be at least 1";
        foreach (var fault in OutputFaults(config)) yield return fault;
    }

    private static IEnumerable<string> OutputFaults(Gpt2Config config)
    {
        var pairs = config.OutputTemperatures ?? [];
        foreach (var (temperature, tau) in pairs)
        {
            if (!IsTemperature(temperature) || !IsTemperature(tau))
            {
                yield return $"lhts_output_temperatures holds temperature {temperature} with tau {tau}; both must be numbers above 0";
            }
        }

        if (pairs.DistinctBy(pair => pair.Temperature).Count() < pairs.Count) yield return "lhts_output_temperatures holds a temperature twice";
        if (pairs.Count > 0 && config.TemperatureConditioning == TemperatureConditioning.None
            && (config.LowestTemperature is null || config.LowestTemperature != config.HighestTemperature))
        {
            yield return "lhts_output_temperatures needs a conditioning, or one temperature as lhts_lowest_temperature and lhts_highest_temperature";
        }
    }

    private static bool IsTemperature(double value) => value > 0 && double.IsFinite(value);
}
