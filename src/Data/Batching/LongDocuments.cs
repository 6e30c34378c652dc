using System.Text.Json.Serialization;

namespace Lhts.Data.Batching;

/// <summary>What becomes of a document that is longer than the context.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LongDocuments>))]
public enum LongDocuments
{
    /// <summary>Its beginning is used and the rest dropped.</summary>
    Cut,

    /// <summary>It is served in consecutive pieces, each starting with the token before the first that it predicts.</summary>
    Split,
}
