using System.Globalization;
using System.Text;

namespace Lhts.Trainer.Commands.Sampling;

/// <summary>Makes a model's output harmless for a terminal, which obeys control characters.</summary>
internal static class TerminalText
{
    /// <summary>Every control character but line feed and tab as <c>\xNN</c>.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            if (char.IsControl(character) && character is not ('\n' or '\t')) escaped.Append(CultureInfo.InvariantCulture, $"\\x{(int)character:X2}");
            else escaped.Append(character);
        }

        return escaped.ToString();
    }

    /// <summary>The text for standard output: escaped where that is a terminal, as it is elsewhere.</summary>
    public static string ForOutput(string text) => Console.IsOutputRedirected ? text : Escape(text);
}
