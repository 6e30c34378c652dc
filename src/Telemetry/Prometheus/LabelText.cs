using System.Text;

namespace Lhts.Telemetry.Prometheus;

/// <summary>The written form of labels: <c>a="x",b="y"</c>, sorted by name, escaped.</summary>
internal static class LabelText
{
    /// <summary>
    /// Writes labels. Keys that become the same name are joined into one label, their values in the order of the keys with <c>;</c> between
    /// (OpenTelemetry specification). An empty value is the same as no label, so it is left out.
    /// </summary>
    public static string Of(IEnumerable<KeyValuePair<string, string>> labels)
    {
        var byName = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in labels.OrderBy(label => label.Key, StringComparer.Ordinal))
        {
            var name = PrometheusNames.Label(key);
            byName[name] = byName.TryGetValue(name, out var before) ? before + ";" + value : value;
        }

        var text = new StringBuilder();
        foreach (var (name, value) in byName)
        {
            if (value.Length > 0) Append(text, name, value);
        }

        return text.ToString();
    }

    /// <summary>Adds one label to written ones.</summary>
    public static string With(string labels, string name, string value)
    {
        var text = new StringBuilder(labels);
        Append(text, name, value);
        return text.ToString();
    }

    private static void Append(StringBuilder text, string name, string value)
    {
        if (text.Length > 0) text.Append(',');
        text.Append(name).Append("=\"");
        foreach (var character in value) AppendEscaped(text, character, quotes: true);
        text.Append('"');
    }

    /// <summary>
    /// Escapes what the formats cannot hold as it is; lone surrogates, which UTF-8 cannot hold, become U+FFFD when encoded.
    /// </summary>
    public static void AppendEscaped(StringBuilder text, char character, bool quotes)
    {
        switch (character)
        {
            case '\\': text.Append(@"\\"); break;
            case '\n': text.Append(@"\n"); break;
            case '"' when quotes: text.Append("\\\""); break;
            default: text.Append(character); break;
        }
    }
}
