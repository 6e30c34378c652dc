using System.Text.Json.Serialization;

namespace Lhts.Models.Gpt;

/// <summary>How a student of several temperatures is told which one to use. See docs/models.md for the comparison.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TemperatureConditioning>))]
public enum TemperatureConditioning
{
    /// <summary>The model knows no temperature: a teacher, or a student of one temperature.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>
    /// <c>w * log T</c> is added to the embedding of every position, <c>w</c> being learned and zero at first. The student then begins exactly
    /// as its teacher, equals a plain GPT-2 at T = 1, and becomes one at any fixed T when <c>w * log T</c> is added to the position embeddings.
    /// </summary>
    [JsonStringEnumMemberName("every_position")]
    EveryPosition,

    /// <summary>
    /// The paper's prefix: <c>w * log T</c> is an extra position before the first token. Its output is dropped, and the tokens keep their
    /// own position embeddings. Attention to the extra position changes the model slightly even while <c>w</c> is zero.
    /// </summary>
    [JsonStringEnumMemberName("prefix")]
    Prefix,

    /// <summary>
    /// The output y of every layer norm becomes <c>y + 10 (T - 1) (gain * y + shift)</c> (FiLM, Perez et al. 2018), gains and shifts being learned and
    /// zero at first. Like <see cref="EveryPosition"/> the student begins exactly as its teacher and is a plain GPT-2 at any fixed T.
    /// </summary>
    [JsonStringEnumMemberName("layer_norms")]
    LayerNorms,

    /// <summary>
    /// All weights move with the temperature: <c>theta_teacher + x (D1 + x D2)</c>, <c>x = (1/T - 1) / (1/T_min - 1)</c>, D1 and D2 being learned and zero
    /// at first. The student is its teacher at T = 1 to the bit, whatever it has learned, and a plain GPT-2 at any T. <see cref="Gpt2.SetTemperature"/>
    /// moves the weights: a batch has one temperature.
    /// </summary>
    [JsonStringEnumMemberName("weights")]
    Weights,
}
