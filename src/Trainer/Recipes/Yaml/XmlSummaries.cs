using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Lhts.Trainer.Recipes.Yaml;

/// <summary>The summaries of properties in the XML file that the compiler writes of an assembly's documentation.</summary>
public sealed partial class XmlSummaries
{
    private readonly Dictionary<string, XElement> members;

    /// <summary>Reads an assembly's documentation.</summary>
    /// <exception cref="FileNotFoundException">It does not lie beside the assembly.</exception>
    public XmlSummaries(Assembly assembly)
    {
        var document = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml"));
        members = document.Descendants("member").ToDictionary(member => member.Attribute("name")!.Value, StringComparer.Ordinal);
    }

    /// <summary>A property's summary on one line, with keys by their spelling in a file; null where it has none.</summary>
    public string? Of(PropertyInfo property) =>
        members.TryGetValue($"P:{property.DeclaringType!.FullName!.Replace('+', '.')}.{property.Name}", out var member)
            && member.Element("summary") is { } summary
            ? Space().Replace(string.Concat(summary.Nodes().Select(Text)), " ").Trim()
            : null;

    private static string Text(XNode node) => node switch
    {
        XElement { Name.LocalName: "see" } see when see.Attribute("cref") is { } reference =>
            JsonNamingPolicy.CamelCase.ConvertName(reference.Value[(reference.Value.LastIndexOf('.') + 1)..]),
        XElement element => element.Value,
        _ => ((XText)node).Value,
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
