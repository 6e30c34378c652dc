using System.Security.Cryptography;
using System.Text;
using Lhts.Basics;

namespace Lhts.Trainer.Stages;

/// <summary>
/// A stage's folder: settings.yaml (what decides its result), checkpoints/, nonfinite/, figures.json, model/, and done, which
/// appears when the result is complete.
/// </summary>
public sealed class StageFolder(string path)
{
    private string SettingsPath => System.IO.Path.Combine(path, "settings.yaml");

    private string DonePath => System.IO.Path.Combine(path, "done");

    /// <summary>The folder.</summary>
    public string Path => path;

    /// <summary>The stage's checkpoints.</summary>
    public string Checkpoints => System.IO.Path.Combine(path, "checkpoints");

    /// <summary>Sequences of steps that were not finite.</summary>
    public string NonFinite => System.IO.Path.Combine(path, "nonfinite");

    /// <summary>What the stage's figures are called and how the report draws them.</summary>
    public string Figures => System.IO.Path.Combine(path, Telemetry.FiguresFile.FileName);

    /// <summary>The finished model.</summary>
    public string Model => System.IO.Path.Combine(path, "model");

    /// <summary>True when the result is there.</summary>
    public bool IsDone => File.Exists(DonePath);

    /// <summary>Starts or resumes the stage with its settings.</summary>
    /// <param name="settings">Everything that decides the result, as YAML.</param>
    /// <returns>The settings' fingerprint.</returns>
    /// <exception cref="InvalidDataException">The folder holds a stage with other settings; the lines that differ are named.</exception>
    public string Enter(string settings)
    {
        if (File.Exists(SettingsPath))
        {
            var before = File.ReadAllText(SettingsPath);
            if (before != settings) throw new InvalidDataException(Describe(before, settings));
        }
        else
        {
            Directory.CreateDirectory(path);
            AtomicFile.WriteAllText(SettingsPath, settings);
        }

        return FingerprintOf(settings);
    }

    /// <summary>Says that the result is complete.</summary>
    public void Finish(string fingerprint) => AtomicFile.WriteAllText(DonePath, fingerprint + "\n");

    /// <summary>The fingerprint of settings: SHA-256 in hexadecimal.</summary>
    public static string FingerprintOf(string settings) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(settings)));

    private string Describe(string before, string now)
    {
        var (old, current) = (before.Split('\n').ToHashSet(), now.Split('\n').ToHashSet());
        var lines = old.Except(current).Select(line => $"  was {line.Trim()}").Concat(current.Except(old).Select(line => $"  is  {line.Trim()}"));
        return $"'{path}' was made with other settings:\n{string.Join('\n', lines)}\nSet 'output' to another folder, or delete '{path}' to make it anew.";
    }
}
