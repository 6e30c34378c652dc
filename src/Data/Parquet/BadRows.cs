using System.Text.Json.Serialization;

namespace Lhts.Data.Parquet;

/// <summary>What to do about rows that cannot be read or encoded.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BadRows>))]
public enum BadRows
{
    /// <summary>Stop with an error that names file, row group and rows.</summary>
    Fail,

    /// <summary>Pass over them as over empty ones, and count them.</summary>
    Skip,
}
