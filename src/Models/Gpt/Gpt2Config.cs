using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lhts.Models.Gpt;

/// <summary>
/// Sizes and settings of a GPT-2, under the names of Hugging Face's <c>config.json</c>. Defaults are those of GPT-2 small. Keys that are not
/// listed here are kept and written back.
/// </summary>
public sealed record Gpt2Config
{
    /// <summary>Number of blocks. Default: 12.</summary>
    [JsonPropertyName("n_layer")]
    public int NumLayers { get; init; } = 12;

    /// <summary>Width of the hidden states, E. Default: 768.</summary>
    [JsonPropertyName("n_embd")]
    public int EmbeddingSize { get; init; } = 768;

    /// <summary>Number of attention heads, H; divides the width. Default: 12.</summary>
    [JsonPropertyName("n_head")]
    public int NumHeads { get; init; } = 12;

    /// <summary>Number of tokens, V. Default: 50257.</summary>
    [JsonPropertyName("vocab_size")]
    public int VocabularySize { get; init; } = 50257;

    /// <summary>Longest sequence in tokens (the context). Default: 1024.</summary>
    [JsonPropertyName("n_positions")]
    public int NumPositions { get; init; } = 1024;

    /// <summary>Width of the feed-forward layer. Default: <see langword="null"/>, four times the width.</summary>
    [JsonPropertyName("n_inner")]
    public int? InnerSize { get; init; }

    /// <summary>The feed-forward layer's activation; only GELU in its tanh form. Default: <c>gelu_new</c>.</summary>
    [JsonPropertyName("activation_function")]
    public string ActivationFunction { get; init; } = "gelu_new";

    /// <summary>Added to the variance in layer normalisation. Default: 1e-5.</summary>
    [JsonPropertyName("layer_norm_epsilon")]
    public double LayerNormEpsilon { get; init; } = 1e-5;

    /// <summary>Dropout of each block's two outputs. Default: 0.1.</summary>
    [JsonPropertyName("resid_pdrop")]
    public double ResidualDropout { get; init; } = 0.1;

    /// <summary>Dropout of the embeddings. Default: 0.1.</summary>
    [JsonPropertyName("embd_pdrop")]
    public double EmbeddingDropout { get; init; } = 0.1;

    /// <summary>Dropout of the attention weights. Default: 0.1.</summary>
    [JsonPropertyName("attn_pdrop")]
    public double AttentionDropout { get; init; } = 0.1;

    /// <summary>Standard deviation of the initial weights. Default: 0.02.</summary>
    [JsonPropertyName("initializer_range")]
    public double InitializerRange { get; init; } = 0.02;

    /// <summary>Whether attention scores are divided by the square root of the head's width; only true is supported. Default: true.</summary>
    [JsonPropertyName("scale_attn_weights")]
    public bool ScaleAttentionWeights { get; init; } = true;

    /// <summary>Whether scores are also divided by the block's number; only false is supported. Default: false.</summary>
    [JsonPropertyName("scale_attn_by_inverse_layer_idx")]
    public bool ScaleAttentionByLayer { get; init; }

    /// <summary>Whether the output layer is the token embedding; only true is supported. Default: true.</summary>
    [JsonPropertyName("tie_word_embeddings")]
    public bool TieWordEmbeddings { get; init; } = true;

    /// <summary>The token that begins a text. Default: none.</summary>
    [JsonPropertyName("bos_token_id")]
    public int? BeginOfText { get; init; }

    /// <summary>The token that ends a text. Default: none.</summary>
    [JsonPropertyName("eos_token_id")]
    public int? EndOfText { get; init; }

    /// <summary>How the model is told a long-horizon temperature; a key of this project. Default: none.</summary>
    [JsonPropertyName("lhts_temperature_conditioning")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public TemperatureConditioning TemperatureConditioning { get; init; }

    /// <summary>The lowest long-horizon temperature that the model was trained at; a key of this project. Default: none is known.</summary>
    [JsonPropertyName("lhts_lowest_temperature")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? LowestTemperature { get; init; }

    /// <summary>The highest one. Default: none is known.</summary>
    [JsonPropertyName("lhts_highest_temperature")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? HighestTemperature { get; init; }

    /// <summary>The rank of the path's D1 and D2 of matrices; a key of this project. Default: none, they are full.</summary>
    [JsonPropertyName("lhts_path_rank")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? PathRank { get; init; }

    /// <summary>What logits are divided by at long-horizon temperatures, 1/tau being linear in 1/T; a key of this project. Default: nothing.</summary>
    [JsonPropertyName("lhts_output_temperatures")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<OutputTemperature>? OutputTemperatures { get; init; }

    /// <summary>Tokens that are never predicted; a key of this project. Default: none.</summary>
    [JsonPropertyName("lhts_banned_tokens")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<int>? BannedTokens { get; init; }

    /// <summary>All other keys of the file, kept as they are.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? OtherKeys { get; init; }

    /// <summary>Whether the model's logits have a scale of its own.</summary>
    [JsonIgnore]
    public bool HasOutputScale => OutputTemperatures is { Count: > 0 };

    /// <summary>Width of the feed-forward layer, given or derived.</summary>
    [JsonIgnore]
    public int FeedForwardSize => InnerSize ?? 4 * EmbeddingSize;

    /// <summary>Width of one head, D.</summary>
    [JsonIgnore]
    public int HeadSize => EmbeddingSize / NumHeads;
}
