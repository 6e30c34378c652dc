namespace Lhts.Trainer.Recipes.Yaml;

/// <summary>Collects what is wrong in one file.</summary>
/// <param name="file">The file as the user named it.</param>
internal sealed class ErrorList(string file)
{
    private readonly List<RecipeError> _errors = [];

    /// <summary>The file as the user named it.</summary>
    public string File => file;

    /// <summary>Adds an error and goes on.</summary>
    public void Add(SourcePosition? position, string message) => _errors.Add(new RecipeError(position, message));

    /// <summary>A list of its own that begins with these errors.</summary>
    public ErrorList Copy()
    {
        var copy = new ErrorList(file);
        copy._errors.AddRange(_errors);
        return copy;
    }

    /// <summary>Stops when there were errors.</summary>
    /// <exception cref="RecipeException">There were.</exception>
    public void ThrowIfAny()
    {
        if (_errors.Count > 0) throw new RecipeException(file, _errors);
    }
}
