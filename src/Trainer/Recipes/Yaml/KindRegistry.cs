namespace Lhts.Trainer.Recipes.Yaml;

/// <summary>
/// The kinds of a group, each with a record of its own: <c>kind: NAME</c> and that record's keys, or NAME alone. What is registered here is what a file may
/// say, what messages name and what is written again.
/// </summary>
public abstract class KindRegistry
{
    private readonly Lock gate = new();
    private Dictionary<string, Type> kinds = new(StringComparer.Ordinal);

    private protected KindRegistry(Type baseType) => Base = baseType;

    /// <summary>The record that all kinds derive from: the type of the key.</summary>
    public Type Base { get; }

    /// <summary>The records by name, in the order of their registration.</summary>
    public IReadOnlyDictionary<string, Type> Kinds => kinds;

    /// <summary>The names, as a sentence has them: a, b or c.</summary>
    public string Names
    {
        get
        {
            var names = kinds.Keys.ToArray();
            return names.Length < 2 ? string.Concat(names) : string.Join(", ", names[..^1]) + " or " + names[^1];
        }
    }

    /// <summary>The name of a kind.</summary>
    /// <exception cref="InvalidOperationException">It is not registered: a fault of the program.</exception>
    public string NameOf(Type kind) => kinds.FirstOrDefault(entry => entry.Value == kind).Key
        ?? throw new InvalidOperationException($"{kind.Name} is not registered as a kind of {Base.Name}.");

    /// <summary>Takes a kind out again.</summary>
    public void Remove(string name)
    {
        lock (gate) kinds = kinds.Where(kind => kind.Key != name).ToDictionary(StringComparer.Ordinal);
    }

    private protected void Register(string name, Type kind)
    {
        lock (gate) kinds = new Dictionary<string, Type>(kinds, StringComparer.Ordinal) { [name] = kind };
    }
}

/// <summary>The name of a kind as a message has it: without quotes.</summary>
/// <param name="Name">The name.</param>
public readonly record struct KindName(string Name);

/// <summary>The kinds of <typeparamref name="TBase"/>.</summary>
/// <typeparam name="TBase">An abstract record.</typeparam>
public sealed class KindRegistry<TBase>() : KindRegistry(typeof(TBase))
    where TBase : class
{
    /// <summary>Registers a kind; one of the same name is replaced.</summary>
    /// <typeparam name="TKind">A record whose properties are the kind's keys.</typeparam>
    public KindRegistry<TBase> Add<TKind>(string name)
        where TKind : TBase, new()
    {
        Register(name, typeof(TKind));
        return this;
    }

    /// <summary>The name of a record's kind.</summary>
    public string NameOf(TBase record) => NameOf(record.GetType());
}
