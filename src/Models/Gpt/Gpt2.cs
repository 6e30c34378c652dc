using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Lhts.Models.Gpt;

// B rows, L tokens, E width, V vocabulary, P 1 with a temperature prefix and else 0.

/// <summary>
/// GPT-2 as Hugging Face defines it (Radford et al. 2019): learned positions, pre-LayerNorm blocks, GELU in its tanh form, output tied to
/// the token embedding. With <see cref="Gpt2Config.TemperatureConditioning"/> it is also the student of several temperatures. Parameter names
/// are those of the Hub's files (<c>wte.weight</c>, <c>h.0.attn.c_attn.weight</c>, ...).
/// </summary>
public sealed partial class Gpt2 : Module<Tensor, Tensor>
{
    private readonly Embedding wte;
    private readonly Embedding wpe;
    private readonly ModuleList<Gpt2Block> h;
    private readonly LayerNorm ln_f;
    private readonly TemperatureEmbedding? temperature;
    private readonly TemperatureModulation? modulation;
    private readonly OutputScale? output;

    /// <summary>A model with random weights.</summary>
    /// <param name="config">Sizes and settings.</param>
    /// <param name="generator">Where the weights are drawn from; <see langword="null"/> for the global generator.</param>
    /// <exception cref="InvalidDataException">The configuration has faults.</exception>
    public Gpt2(Gpt2Config config, Generator? generator = null)
        : this(config)
    {
        Gpt2Initialisation.Apply(this, generator);
        BeginPath();
    }

    private Gpt2(Gpt2Config config)
        : base(nameof(Gpt2))
    {
        Gpt2ConfigCheck.Check(nameof(Gpt2Config), config);
        Config = config;
        wte = Embedding(config.VocabularySize, config.EmbeddingSize);
        wpe = Embedding(config.NumPositions, config.EmbeddingSize);
        h = new ModuleList<Gpt2Block>([.. Enumerable.Range(0, config.NumLayers).Select(layer => new Gpt2Block(config, layer))]);
        ln_f = LayerNorm(config.EmbeddingSize, config.LayerNormEpsilon);
        register_module(nameof(wte), wte);
        register_module(nameof(wpe), wpe);
        register_module(nameof(h), h);
        register_module(nameof(ln_f), ln_f);
        (temperature, modulation) = Conditioner(config);
        if (temperature is not null) register_module(nameof(temperature), temperature);
        if (modulation is not null) register_module(nameof(temperature), modulation);
        if (config.HasOutputScale) register_module(OutputScale.ModuleName, output = new OutputScale(config.OutputTemperatures!));
        if (config.TemperatureConditioning == TemperatureConditioning.Weights) register_module(WeightPath.ModuleName, path = new WeightPath(config));
        BannedTokens = (config.BannedTokens ?? []).ToHashSet();
    }

    /// <summary>Sizes and settings.</summary>
    public Gpt2Config Config { get; private set; }

    /// <summary>
    /// Gradient checkpointing: only each block's input is kept, and the block runs again during backward. Saves most of the memory of a
    /// training step for about a third more time; gradients are the same. Default: false.
    /// </summary>
    public bool UsesCheckpointing { get; set; }

    /// <summary>The token embedding, which is also the output layer: (V, E).</summary>
    public Tensor TokenEmbedding => wte.get_parameter("weight")!; // in TorchSharp the property is another tensor than the one that is registered

    /// <summary>The learned position embedding: (context, E).</summary>
    internal Tensor PositionEmbedding => wpe.get_parameter("weight")!;

    /// <summary>
    /// What is learned of temperatures, (E), or (2 norms, E) with <see cref="TemperatureConditioning.LayerNorms"/>; <see langword="null"/> where
    /// the forward pass knows none.
    /// </summary>
    internal Tensor? TemperatureWeight => modulation?.weight ?? temperature?.weight;

    /// <summary>Positions that the model puts before the tokens: 1 with a temperature prefix, else 0.</summary>
    public long NumPrefix => Config.TemperatureConditioning == TemperatureConditioning.Prefix ? 1 : 0;

    /// <summary>What tells the model a temperature within its forward pass: one of the two, or none.</summary>
    private static (TemperatureEmbedding? Embedding, TemperatureModulation? Modulation) Conditioner(Gpt2Config config) => config.TemperatureConditioning switch
    {
        TemperatureConditioning.EveryPosition or TemperatureConditioning.Prefix => (new TemperatureEmbedding(config.EmbeddingSize), null),
        TemperatureConditioning.LayerNorms => (null, new TemperatureModulation(Gpt2Tensors.NumNorms(config), config.EmbeddingSize)),
        _ => (null, null),
    };

    /// <summary>A model whose weights are not set, for a loader that sets all of them.</summary>
    internal static Gpt2 Uninitialised(Gpt2Config config) => new(config);

    /// <summary>Logits of the tokens that may follow each position, at T = 1.</summary>
    /// <param name="input">(B, L) int64.</param>
    /// <returns>(B, L, V).</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return Logits(Hidden(input)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The last hidden states, after the final layer normalisation. Rows may be padded on the right with any token: no position sees later
    /// ones.
    /// </summary>
    /// <param name="tokens">(B, L) int64, L at most the context.</param>
    /// <param name="temperatures">(B) long-horizon temperatures above 0; <see langword="null"/> for 1. Only for a model that knows temperatures; one whose
    /// weights move with them (<see cref="SetTemperature"/>) takes no notice.</param>
    /// <param name="leftPadding">(B) int64, tokens to ignore at the left of each row; <see langword="null"/> for none.</param>
    /// <returns>(B, L, E); state i is that of token i, prefix or not.</returns>
    /// <exception cref="ArgumentException">Too many tokens, or temperatures for a model that knows none.</exception>
    public Tensor Hidden(Tensor tokens, Tensor? temperatures = null, Tensor? leftPadding = null) =>
        Hidden(tokens, temperatures, leftPadding, cache: null, Precision.Float32);

    /// <summary>The last hidden states as above, with products in a precision; float32 whatever that is.</summary>
    /// <param name="tokens">(B, L) int64.</param>
    /// <param name="temperatures">(B) or <see langword="null"/>.</param>
    /// <param name="precision">Of the products, forward and backward.</param>
    /// <returns>(B, L, E).</returns>
    public Tensor Hidden(Tensor tokens, Tensor? temperatures, Precision precision)
    {
        using var products = precision.Open(tokens.device);
        return Hidden(tokens, temperatures, leftPadding: null, cache: null, precision);
    }

    /// <summary>The last hidden states of tokens that follow those already in the cache, to which these are added. No gradients.</summary>
    /// <param name="tokens">(B, L) int64; together with the cached ones at most the context.</param>
    /// <param name="cache">Keys and values of the tokens before; its rows are those of <paramref name="tokens"/>.</param>
    /// <param name="temperatures">(B) as at every call with this cache; <see langword="null"/> for 1.</param>
    /// <returns>(B, L, E).</returns>
    public Tensor Hidden(Tensor tokens, KeyValueCache cache, Tensor? temperatures = null) =>
        Hidden(tokens, temperatures, cache.LeftPadding, cache, Precision.Float32);

    /// <summary>The output layer: logits over the vocabulary.</summary>
    /// <param name="hidden">(..., E) from <see cref="Hidden(Tensor, Tensor?, Tensor?)"/>.</param>
    /// <returns>(..., V).</returns>
    public Tensor Logits(Tensor hidden) => functional.linear(hidden, TokenEmbedding, BannedBias());

    private Tensor Hidden(Tensor tokens, Tensor? temperatures, Tensor? leftPadding, KeyValueCache? cache, Precision precision)
    {
        using var noGrad = cache is null ? null : no_grad(); // a cache outlives the graph of any one call
        using var scope = NewDisposeScope();
        var numRows = tokens.shape[0];
        var length = tokens.shape[1];
        var start = cache is null || cache.Length == 0 ? 0 : cache.Length - NumPrefix; // token slots before these
        CheckArguments(start + length - (cache?.MinPadding ?? 0), temperatures);

        var embedded = wte.forward(tokens) + Positions(start, length, leftPadding); // (B, L, E)
        var (states, numPrefix) = Condition(embedded, temperatures, isFirst: start == 0); // (B, P+L, E)
        if (training && Config.EmbeddingDropout > 0) states = functional.dropout(states, Config.EmbeddingDropout);

        var context = AttentionContext.For(numRows, numPrefix + length, NumPrefix, leftPadding, cache) with
        {
            Temperature = SignalOf(temperatures), Precision = precision,
        };
        var flat = RunBlocks(states.reshape(-1, Config.EmbeddingSize), context); // (B*(P+L), E)
        cache?.Advance(numPrefix + length);

        var last = flat.view(numRows, numPrefix + length, -1); // (B, P+L, E)
        if (numPrefix > 0) last = last.narrow(1, numPrefix, length); // (B, L, E)
        var normalised = context.Modulate(ln_f.forward(last), Gpt2Tensors.NumNorms(Config) - 1); // (B, L, E)
        return Scale(normalised, temperatures).MoveToOuterDisposeScope(); // (B, L, E)
    }

    private TemperatureSignal? SignalOf(Tensor? temperatures) =>
        modulation is not null && temperatures is not null ? new TemperatureSignal(modulation.weight, modulation.forward(temperatures)) : null;

    private Tensor RunBlocks(Tensor states, AttentionContext context)
    {
        var isCheckpointed = UsesCheckpointing && is_grad_enabled();
        foreach (var block in h)
        {
            var previous = states;
            states = isCheckpointed ? CheckpointedBlock.Run(previous, block, context) : block.forward(previous, context);
            previous.Dispose(); // the graph, if any, keeps what it needs
        }

        return states;
    }

    /// <summary>Position embeddings of token slots [start, start + length): (L, E), or (B, L, E) with padding, whose slots do not count.</summary>
    private Tensor Positions(long start, long length, Tensor? leftPadding)
    {
        if (leftPadding is null) return PositionEmbedding.narrow(0, start, length); // (L, E), no copy
        var slots = arange(start, start + length, device: leftPadding.device); // (L)
        return wpe.forward((slots - leftPadding.unsqueeze(1)).clamp_min(0)); // (B, L, E)
    }

    private (Tensor States, long NumPrefix) Condition(Tensor embedded, Tensor? temperatures, bool isFirst)
    {
        var isPrefix = NumPrefix > 0;
        if (temperature is null || (temperatures is null && !isPrefix)) return (embedded, 0);
        if (isPrefix && !isFirst) return (embedded, 0); // the prefix is in the cache

        var shift = temperature.forward(temperatures ?? ones([embedded.shape[0]], embedded.dtype, embedded.device)); // (B, 1, E)
        return isPrefix ? (cat([shift, embedded], 1), 1) : (embedded + shift, 0);
    }

    private void CheckArguments(long length, Tensor? temperatures)
    {
        if (length > Config.NumPositions)
        {
            throw new ArgumentException(
                $"{length} tokens exceed the model's context of {Config.NumPositions}; shorten the sequences or use a model with more positions.");
        }

        if (temperatures is not null && Config.TemperatureConditioning == TemperatureConditioning.None)
        {
            throw new ArgumentException(
                "The model knows no temperature, but temperatures were given; make it with a temperature conditioning, or give none.");
        }
    }
}
