namespace Lhts.Trainer.Recipes.Yaml;

/// <summary>A record some of whose keys mean something only beside certain values of others. Those that do not are not written, and refused where they are given.</summary>
public interface IConditionalKeys
{
    /// <summary>The keys that mean nothing as the record stands.</summary>
    IEnumerable<UnusedKey> UnusedKeys { get; }
}
