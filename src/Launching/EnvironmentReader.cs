using System.Globalization;

namespace Lhts.Launching;

/// <summary>Reads environment variables and collects what is wrong with them. An empty variable counts as one that is not set.</summary>
internal sealed class EnvironmentReader(Func<string, string?> variables)
{
    private readonly List<string> errors = [];

    /// <summary>A variable's text, or null.</summary>
    public string? Text(string name) => variables(name) is { Length: > 0 } text ? text : null;

    /// <summary>A variable that is a number, or null where it is not set or cannot be used, which is then among the errors.</summary>
    public int? Number(string name, int min, int max = int.MaxValue)
    {
        if (Text(name) is not { } text) return null;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max) return number;
        var bound = max == int.MaxValue ? $"a whole number of at least {min}" : $"a whole number from {min} to {max}";
        errors.Add($"{name} is '{text}', but must be {bound}.");
        return null;
    }

    /// <summary>Adds an error unless a condition holds.</summary>
    public void Check(bool holds, string error)
    {
        if (!holds) errors.Add(error);
    }

    /// <summary>Stops when there were errors.</summary>
    /// <exception cref="LaunchException">There were.</exception>
    public void ThrowIfAny()
    {
        if (errors.Count > 0) throw new LaunchException(errors);
    }
}
