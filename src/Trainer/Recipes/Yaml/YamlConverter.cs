namespace Lhts.Trainer.Recipes.Yaml;

/// <summary>
/// Reads and writes a type in a way of its own, such as one number or a list of numbers. Derive from <see cref="YamlConverter{T}"/>.
/// </summary>
public abstract class YamlConverter
{
    private protected YamlConverter(Type type) => Type = type;

    /// <summary>The type that is converted.</summary>
    public Type Type { get; }

    /// <summary>
    /// The types of which it reads values as they are read by the usual rules, for the schema. Default: none, which lets an editor take anything.
    /// </summary>
    public virtual IReadOnlyList<Type> Forms => [];

    internal abstract bool TryRead(YamlNode node, YamlContext context, out object? value);

    internal abstract object? Write(object value);
}

/// <summary>Reads and writes values of <typeparamref name="T"/> in a way of its own.</summary>
public abstract class YamlConverter<T>() : YamlConverter(typeof(T))
    where T : notnull
{
    /// <summary>Reads a value, or says through <paramref name="context"/> what is wrong and returns false.</summary>
    protected abstract bool TryRead(YamlNode node, YamlContext context, out T value);

    /// <summary>The value in simpler terms: a number, text, list or record that YAML is written from.</summary>
    protected abstract object? Write(T value);

    internal sealed override bool TryRead(YamlNode node, YamlContext context, out object? value)
    {
        var isRead = TryRead(node, context, out T typed);
        value = typed;
        return isRead;
    }

    internal sealed override object? Write(object value) => Write((T)value);
}

/// <summary>What a converter may ask and say while it reads.</summary>
public sealed class YamlContext
{
    private readonly NodeBinder _binder;

    internal YamlContext(NodeBinder binder, string path)
    {
        _binder = binder;
        Path = path;
    }

    /// <summary>The path of the value, such as <c>student.temperature</c>.</summary>
    public string Path { get; }

    /// <summary>Binds a node by the usual rules; says what is wrong and returns false when it does not fit.</summary>
    public bool TryBind<TValue>(YamlNode node, out TValue? value)
    {
        var isBound = _binder.TryBind(typeof(TValue), node, Path, out var bound);
        value = isBound ? (TValue?)bound : default;
        return isBound;
    }

    /// <summary>Says that a value does not fit.</summary>
    /// <param name="node">The value.</param>
    /// <param name="expected">What it must be, as it follows "must be".</param>
    public void Refuse(YamlNode node, string expected) => _binder.Refuse(node, Path, expected);
}
