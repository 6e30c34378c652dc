using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.EventEmitters;

namespace Lhts.Trainer.Kubernetes;

/// <summary>Writes manifests as YAML: keys in the order in which they are given, texts of several lines as blocks.</summary>
internal static class ManifestYaml
{
    private static readonly ISerializer Serializer = new SerializerBuilder()
        .WithQuotingNecessaryStrings()
        .WithIndentedSequences()
        .DisableAliases()
        .WithEventEmitter(next => new Blocks(next))
        .Build();

    /// <summary>A mapping; members that are null are left out.</summary>
    public static Dictionary<string, object> Map(params (string Key, object? Value)[] members) =>
        members.Where(member => member.Value is not null).ToDictionary(member => member.Key, member => member.Value!);

    /// <summary>A list.</summary>
    public static object[] List(params object[] items) => items;

    /// <summary>A number as a text, as environment variables and arguments need it.</summary>
    public static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Documents, one after another.</summary>
    public static string Write(IEnumerable<object> documents) => string.Concat(documents.Select(document => "---\n" + Serializer.Serialize(document)));

    private sealed class Blocks(IEventEmitter next) : ChainedEventEmitter(next)
    {
        public override void Emit(ScalarEventInfo eventInfo, IEmitter emitter)
        {
            if (eventInfo.Source.Value is string text && text.Contains('\n')) eventInfo.Style = ScalarStyle.Literal;
            base.Emit(eventInfo, emitter);
        }
    }
}
