using System.Collections;
using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Lhts.Trainer.Recipes.Yaml;

/// <summary>Writes records as YAML that <see cref="YamlBinder"/> reads back as the same values: every key that means something, defaults included.</summary>
public static class YamlWriter
{
    /// <summary>Writes a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="form">What it is read with. Default null: the plain rules.</param>
    public static string Write(object record, YamlForm? form = null)
    {
        var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var emitter = new Emitter(text, new EmitterSettings(2, int.MaxValue, false, 1024, skipAnchorName: false, indentSequences: true));
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        WriteValue(emitter, record, form ?? YamlForm.Plain);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    private static void WriteValue(Emitter emitter, object? value, YamlForm form)
    {
        if (value is not null && form.ConverterOf(value.GetType()) is { } converter) value = converter.Write(value);

        switch (value)
        {
            case string text:
                emitter.Emit(new Scalar(null, null, text, NeedsQuotes(text) ? ScalarStyle.DoubleQuoted : ScalarStyle.Any, true, true));
                break;
            case null or bool or Enum or int or long or double:
                emitter.Emit(new Scalar(null, null, Plain(value), ScalarStyle.Plain, true, false));
                break;
            case IEnumerable items:
                WriteList(emitter, items, form);
                break;
            default:
                WriteRecord(emitter, value, form);
                break;
        }
    }

    private static void WriteList(Emitter emitter, IEnumerable items, YamlForm form)
    {
        var all = items.Cast<object?>().ToList();
        var isFlat = all.TrueForAll(item => item is null || ScalarParser.IsScalar(item.GetType()));
        emitter.Emit(new SequenceStart(null, null, true, isFlat ? SequenceStyle.Flow : SequenceStyle.Block));
        foreach (var item in all) WriteValue(emitter, item, form);
        emitter.Emit(new SequenceEnd());
    }

    private static void WriteRecord(Emitter emitter, object record, YamlForm form)
    {
        if (!RecordFactory.IsRecord(record.GetType()))
        {
            throw new InvalidOperationException($"{record.GetType()} is no record and has no converter.");
        }

        emitter.Emit(new MappingStart(null, null, true, MappingStyle.Block));
        if (form.Kinds.FirstOrDefault(kinds => kinds.Base.IsInstanceOfType(record)) is { } kinds)
        {
            emitter.Emit(new Scalar("kind"));
            emitter.Emit(new Scalar(kinds.NameOf(record.GetType())));
        }

        var unused = (record as IUnusedKeys)?.UnusedKeys ?? [];
        foreach (var key in YamlNames.Keys(record.GetType()).Where(key => !unused.Contains(key.Name)))
        {
            emitter.Emit(new Scalar(key.Name));
            WriteValue(emitter, key.Property.GetValue(record), form);
        }

        emitter.Emit(new MappingEnd());
    }

    private static string Plain(object? value) => value switch
    {
        null => "null",
        true => "true",
        false => "false",
        Enum name => YamlNames.Of(name),
        double.PositiveInfinity => ".inf",
        double.NegativeInfinity => "-.inf",
        double.NaN => throw new InvalidOperationException("NaN has no place in a recipe."),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    /// <summary>Text that a reader (ours, or another that guesses types) could take for something else.</summary>
    private static bool NeedsQuotes(string text) =>
        text.Length == 0 || !char.IsAsciiLetter(text[0]) || text[^1] == ' ' || !text.All(IsHarmless)
        || text.ToLowerInvariant() is "null" or "true" or "false" or "yes" or "no" or "on" or "off" or "y" or "n";

    private static bool IsHarmless(char character) => char.IsAsciiLetterOrDigit(character) || character is '/' or '.' or '_' or '-' or ' ';
}
