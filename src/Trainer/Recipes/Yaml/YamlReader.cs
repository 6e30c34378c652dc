using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Lhts.Trainer.Recipes.Yaml;

/// <summary>
/// Reads one YAML document into nodes. What recipes have no use for and what would make their meaning depend on reading twice is refused
/// with its
/// place: anchors, aliases, tags, a second document, keys that are not plain names.
/// </summary>
internal sealed class YamlReader
{
    /// <summary>Recipes nest three or four deep; the bound keeps a hostile file from exhausting the stack.</summary>
    private const int MaxDepth = 32;

    private readonly IParser _parser;
    private readonly ErrorList _errors;

    private readonly SourcePosition _start;

    private YamlReader(string text, ErrorList errors, SourcePosition start)
    {
        _parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
        (_errors, _start) = (errors, start);
    }

    /// <summary>The root of the document, or null when there is none or the syntax is broken; then the errors say so.</summary>
    public static YamlNode? Read(string text, ErrorList errors) => Read(text, errors, SourcePosition.Start);

    /// <summary>The same for text of another file, or of an option: every place in it is then that option.</summary>
    public static YamlNode? Read(string text, ErrorList errors, SourcePosition start)
    {
        var reader = new YamlReader(text, errors, start);
        try
        {
            return reader.ReadDocument();
        }
        catch (YamlException syntax)
        {
            var reason = syntax.InnerException?.Message ?? syntax.Message;
            errors.Add(reader.Position(syntax.Start), $"this is not YAML: {reason.ReplaceLineEndings(" ").Trim().TrimEnd('.')}.");
        }
        catch (Exception fault) when (IsOfBrokenText(fault))
        {
            var last = reader._parser.Current is { } token ? reader.Position(token.End) : start;
            errors.Add(last, "this is not YAML: the text after this place cannot be read; look for a quote or bracket that is not closed.");
        }

        return null;
    }

    private YamlNode? ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (!_parser.TryConsume<DocumentStart>(out _))
        {
            _errors.Add(_start, "the file is empty; a recipe has keys and values.");
            return null;
        }

        var root = ReadNode(depth: 0);
        _parser.Consume<DocumentEnd>();
        if (_parser.TryConsume<DocumentStart>(out var second))
        {
            _errors.Add(
                Position(second.Start),
                "a second document starts here; a recipe is one document, so remove the line '---' or split the file.");
        }

        return root;
    }

    private YamlNode ReadNode(int depth)
    {
        var next = _parser.Current ?? throw new YamlException("the file ends too early");
        if (depth > MaxDepth) throw new YamlException(next.Start, next.End, $"more than {MaxDepth} levels of nesting");
        if (next is NodeEvent node) RefuseExtras(node);

        switch (next)
        {
            case Scalar scalar:
                _parser.MoveNext();
                return new YamlScalar(Position(scalar.Start), scalar.Value, scalar.Style == ScalarStyle.Plain);
            case SequenceStart:
                return ReadSequence(depth);
            case MappingStart:
                return ReadMapping(depth);
            default:
                _parser.MoveNext();
                _errors.Add(Position(next.Start), "aliases ('*name') are not supported in recipes; write the value out.");
                return new YamlScalar(Position(next.Start), "", IsPlain: true) { IsRefused = true };
        }
    }

    private YamlSequence ReadSequence(int depth)
    {
        var start = _parser.Consume<SequenceStart>();
        var items = new List<YamlNode>();
        while (!_parser.TryConsume<SequenceEnd>(out _)) items.Add(ReadNode(depth + 1));
        return new YamlSequence(Position(start.Start), items);
    }

    private YamlMapping ReadMapping(int depth)
    {
        var start = _parser.Consume<MappingStart>();
        var entries = new List<YamlEntry>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var key = ReadNode(depth + 1);
            var value = ReadNode(depth + 1);
            if (key is YamlScalar { IsRefused: false } name) entries.Add(new YamlEntry(name, value));
            else if (key is not YamlScalar) _errors.Add(key.Position, $"a key must be a name, not {key.Describe()}.");
        }

        return new YamlMapping(Position(start.Start), entries);
    }

    private void RefuseExtras(NodeEvent node)
    {
        if (!node.Anchor.IsEmpty)
        {
            _errors.Add(
                Position(node.Start),
                $"anchors ('&{node.Anchor.Value}') are not supported in recipes; write the value out where it is used.");
        }

        if (!node.Tag.IsEmpty)
        {
            _errors.Add(
                Position(node.Start), $"tags ('{node.Tag}') are not supported in recipes; the type follows from the key, so remove it.");
        }
    }

    /// <summary>
    /// Other than by its own exception, YamlDotNet answers some broken texts by these; mutated recipes in the tests find them.
    /// </summary>
    private static bool IsOfBrokenText(Exception fault) =>
        fault is InvalidOperationException or EndOfStreamException or ArgumentException or OverflowException or FormatException;

    private SourcePosition Position(Mark mark) =>
        _start.IsOption ? _start : new((int)Math.Max(1, mark.Line), (int)Math.Max(1, mark.Column), _start.Origin);
}
