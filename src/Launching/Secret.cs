using System.Text;

namespace Lhts.Launching;

/// <summary>What the agents of a run share and strangers do not know, from a file or the environment.</summary>
internal static class Secret
{
    /// <summary>The environment variable with the secret.</summary>
    public const string Variable = "LHTS_SECRET";

    /// <summary>The environment variable with the path of a file that holds the secret.</summary>
    public const string FileVariable = "LHTS_SECRET_FILE";

    /// <summary>Bytes of the shortest secret.</summary>
    public const int MinBytes = 16;

    /// <summary>Reads it; what is wrong is added to the reader's errors.</summary>
    /// <returns>Its bytes without white space around them; null where none is given.</returns>
    public static byte[]? Read(EnvironmentReader reader)
    {
        var (text, path) = (reader.Text(Variable), reader.Text(FileVariable));
        reader.Check(text is null || path is null, $"{Variable} and {FileVariable} are both set; unset one.");
        if (path is not null && !TryReadFile(path, out text))
        {
            reader.Check(false, $"{FileVariable} is '{path}', which cannot be read.");
            return null;
        }

        if (text is null) return null;
        var bytes = Encoding.UTF8.GetBytes(text.Trim());
        reader.Check(
            bytes.Length >= MinBytes, $"the secret of {(path is null ? Variable : FileVariable)} has {bytes.Length} bytes, but must have at least {MinBytes}.");
        return bytes;
    }

    private static bool TryReadFile(string path, out string? text)
    {
        text = null;
        try
        {
            text = File.ReadAllText(path);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
