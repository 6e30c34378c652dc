using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lhts.Trainer.Commands.Sampling;

/// <summary>A JSON line of <c>lhts sample</c>.</summary>
/// <param name="Id">The prompt's, where prompts come from a file.</param>
/// <param name="Prompt">Its text, likewise.</param>
/// <param name="Text">The prompt and what the model added.</param>
/// <param name="Ids">The tokens, with the end-of-text that stands for the beginning.</param>
/// <param name="LogProb">Of the added tokens under the distributions they were drawn from, in nats.</param>
/// <param name="LongHorizonTemperature">The prompt's own, where it has one.</param>
/// <param name="Stopped">Whether a stop string ended the text, which then ends before it; without stop strings none.</param>
/// <param name="Weight">The share of the particles that the text stands for; without sequential Monte Carlo none.</param>
internal sealed record SampleLine(
    JsonElement? Id, string? Prompt, string Text, int[] Ids, double LogProb, double? LongHorizonTemperature = null, bool? Stopped = null, double? Weight = null)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // still escapes control characters
    };

    /// <summary>Any value of these lines as JSON.</summary>
    public static string ToJson<T>(T value) => JsonSerializer.Serialize(value, Options);
}
