namespace Lhts.Trainer.Recipes.Yaml;

/// <summary>A record some of whose keys mean nothing beside the values of others: they are not written.</summary>
public interface IUnusedKeys
{
    /// <summary>The keys that mean nothing as the record stands.</summary>
    IReadOnlyCollection<string> UnusedKeys { get; }
}
