using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Lhts.Basics;
using Lhts.Trainer.Ownership;

namespace Lhts.Trainer.Stages;

/// <summary>
/// A stage's folder: settings.yaml (what decides its result, as the stage began), circumstances.yaml (what else it began with), changes.jsonl (what was changed
/// since), checkpoints/, nonfinite/, figures.json, model/, and done, which appears when the result is complete.
/// </summary>
/// <param name="path">The folder.</param>
/// <param name="owner">The right to publish in it. Default unchecked.</param>
public sealed class StageFolder(string path, RunOwner? owner = null)
{
    private readonly StageChanges changes = new(System.IO.Path.Combine(path, "changes.jsonl"));
    private Dictionary<string, string> begun = [], now = [];
    private string identity = "";

    private bool HasCheckpoints => Directory.Exists(Checkpoints) && Directory.EnumerateDirectories(Checkpoints, "step-*").Any();

    private string SettingsPath => System.IO.Path.Combine(path, "settings.yaml");

    private string CircumstancesPath => System.IO.Path.Combine(path, "circumstances.yaml");

    private string DonePath => System.IO.Path.Combine(path, "done");

    /// <summary>The folder.</summary>
    public string Path => path;

    /// <summary>The right to publish here.</summary>
    public RunOwner Owner { get; } = owner ?? RunOwner.Unchecked;

    /// <summary>Whether the stage begins anew where all of its checkpoints are damaged. Default false.</summary>
    public bool StartsOver { get; init; }

    /// <summary>The stage's checkpoints.</summary>
    public string Checkpoints => System.IO.Path.Combine(path, "checkpoints");

    /// <summary>What a search before the first step found.</summary>
    public string Start => System.IO.Path.Combine(path, "start.json");

    /// <summary>Sequences of steps that were not finite.</summary>
    public string NonFinite => System.IO.Path.Combine(path, "nonfinite");

    /// <summary>What the stage's figures are called and how the report draws them.</summary>
    public string Figures => System.IO.Path.Combine(path, Telemetry.FiguresFile.FileName);

    /// <summary>The finished model.</summary>
    public string Model => System.IO.Path.Combine(path, "model");

    /// <summary>True when the result is there.</summary>
    public bool IsDone => File.Exists(DonePath);

    /// <summary>True when the stage was ever begun.</summary>
    public bool IsBegun => File.Exists(SettingsPath);

    /// <summary>True when there is something that the settings bind: a checkpoint, or the result.</summary>
    public bool IsBound => IsDone || HasCheckpoints;

    /// <summary>What decides the result and is asked for otherwise than it was, all of which may change.</summary>
    public IReadOnlyList<SettingChange> Asked { get; private set; } = [];

    /// <summary>True for a finished stage of which more steps are asked.</summary>
    public bool IsLengthened => IsDone && Asked.Any(change =>
        change.Key.EndsWith(".training.steps", StringComparison.Ordinal) && NumberOf(change.Is) > NumberOf(change.Was));

    /// <summary>
    /// The result's own fingerprint: that of the settings the stage began with, unless some of them were changed on the way. What is made from the result keeps
    /// it.
    /// </summary>
    public string ResultFingerprint
    {
        get
        {
            var deciding = changes.Read().Where(change => change.MayHappen).ToArray();
            return deciding.Length == 0 ? identity : FingerprintOf($"{identity}\n{string.Join('\n', deciding.Select(change => $"{change.Step} {change}"))}");
        }
    }

    /// <summary>Starts or resumes the stage with its settings, which bind once there is a checkpoint.</summary>
    /// <param name="settings">Everything that decides the result, as YAML.</param>
    /// <param name="circumstances">What the stage runs with besides, as YAML. Default none.</param>
    /// <param name="writes">Whether this process is the one that writes. Default true.</param>
    /// <returns>The fingerprint of the settings that the stage began with.</returns>
    /// <exception cref="InvalidDataException">The folder holds a stage with other settings, which cannot change; they are named.</exception>
    public string Enter(string settings, string circumstances = "", bool writes = true)
    {
        if (writes && !IsBound) Begin(settings, circumstances);
        if (!IsBegun) throw new InvalidDataException($"'{path}' has checkpoints and no settings.yaml. Restore it, or delete '{path}' to make it anew.");
        if (writes && !File.Exists(CircumstancesPath)) Write(CircumstancesPath, circumstances); // of a run that was begun before they were kept
        var first = File.ReadAllText(SettingsPath);
        var (deciding, current) = (FlatSettings.Of(first, SettingsPath), FlatSettings.Of(settings, "settings"));
        Asked = FlatSettings.Differences(0, OnlyOf(changes.Apply(deciding), deciding, current), current);
        if (Asked.Where(change => !change.MayHappen).ToArray() is { Length: > 0 } refused) throw new InvalidDataException(Describe(refused));
        begun = Merged(deciding, FlatSettings.Of(File.ReadAllText(CircumstancesPath), CircumstancesPath));
        now = Merged(current, FlatSettings.Of(circumstances, "circumstances"));
        return identity = FingerprintOf(first);
    }

    /// <summary>The same for a stage that is made again whenever its settings differ: an earlier result is put aside.</summary>
    /// <param name="settings">Everything that decides the result, as YAML.</param>
    /// <returns>The settings' fingerprint; where an earlier result was put, or null.</returns>
    public (string Fingerprint, string? PutAside) EnterAnew(string settings)
    {
        string? aside = null;
        if (IsDone && File.ReadAllText(SettingsPath) != settings)
        {
            aside = Enumerable.Range(1, int.MaxValue).Select(number => string.Create(CultureInfo.InvariantCulture, $"{path}-before-{number}"))
                .First(name => !System.IO.Path.Exists(name));
            Directory.Move(path, aside);
        }

        if (!IsDone) Write(SettingsPath, settings);
        return (FingerprintOf(settings), aside);
    }

    /// <summary>Writes down what is otherwise from a step on; changes after it are forgotten, as the steps are.</summary>
    /// <returns>What is otherwise.</returns>
    public IReadOnlyList<SettingChange> RecordChanges(long step) => changes.Record(step, begun, now);

    /// <summary>Takes a finished stage up again.</summary>
    /// <exception cref="InvalidDataException">It has no checkpoint to go on from.</exception>
    public void Reopen()
    {
        if (!HasCheckpoints)
        {
            throw new InvalidDataException(
                $"'{path}' is done and its checkpoints are gone: it cannot go on to more steps. Restore them, or delete '{path}' to make it anew.");
        }

        File.Delete(DonePath);
    }

    /// <summary>Says that the result is complete.</summary>
    public void Finish(string fingerprint) => Write(DonePath, fingerprint + "\n");

    /// <summary>The fingerprint of settings: SHA-256 in hexadecimal.</summary>
    public static string FingerprintOf(string settings) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(settings)));

    /// <summary>Nothing of an earlier start is worth keeping: not a step was saved.</summary>
    private void Begin(string settings, string circumstances)
    {
        if (File.Exists(SettingsPath) && File.ReadAllText(SettingsPath) != settings) File.Delete(Start);
        Write(SettingsPath, settings);
        Write(CircumstancesPath, circumstances);
        changes.Clear();
    }

    private void Write(string file, string text)
    {
        Owner.Check();
        Directory.CreateDirectory(path);
        AtomicFile.WriteAllText(file, text);
    }

    private string Describe(IReadOnlyList<SettingChange> refused) =>
        $"'{path}' was made with other settings:\n{string.Join('\n', refused.Select(change => $"  {change.Key} was {change.Was}, is {change.Is}"))}\n"
        + $"Set 'output' to another folder, or delete '{path}' to make it anew. docs/recipes.md says which settings may change on the way.";

    /// <summary>Without changes of circumstances, which are in the same file.</summary>
    private static Dictionary<string, string> OnlyOf(Dictionary<string, string> table, Dictionary<string, string> first, Dictionary<string, string> second) =>
        table.Where(pair => first.ContainsKey(pair.Key) || second.ContainsKey(pair.Key)).ToDictionary(StringComparer.Ordinal);

    private static Dictionary<string, string> Merged(Dictionary<string, string> first, Dictionary<string, string> second) =>
        first.Concat(second.Where(pair => !first.ContainsKey(pair.Key))).ToDictionary(StringComparer.Ordinal);

    private static double NumberOf(string text) => double.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : double.NaN;
}
