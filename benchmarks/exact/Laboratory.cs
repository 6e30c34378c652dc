using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Benchmarks.Exact;

/// <summary>The laboratory's tables, by name.</summary>
public sealed class Laboratory(LabTable output, LabSize size, IReadOnlyList<double> temperatures)
{
    private const int HeldOut = 5;
    private static readonly long?[] Horizons = [1, 2, 4, null];

    /// <summary>Only methods whose names contain this are run; limits are printed whole. Default: all.</summary>
    public string Only { get; init; } = "";

    /// <summary>Each table's name and what prints it, in order.</summary>
    public IReadOnlyDictionary<string, Action> Tables => new Dictionary<string, Action>
    {
        ["limits"] = () => EnumeratedTable.Run(output, temperatures),
        ["transformers"] = Transformers,
        ["own"] = Own,
        ["transformer-grid"] = TransformerGrid,
        ["tables"] = TrainedTables,
        ["markov"] = () => Markov(new(First: 0, Count: 5), temperatures),
        ["held-out"] = () => Markov(new(First: HeldOut, Count: 5), [0.5]),
        ["long"] = Long,
    };

    /// <summary>The goals' methods with many sequences, T = 0.5.</summary>
    private void Transformers()
    {
        var settings = TrialSettings.OfTransformers;
        OnTransformers("Transformers", settings with { NumSequences = 2 * settings.NumSequences }, 3, [0.5], MethodLists.Goals);
    }

    /// <summary>The objectives on the student's own samples, T = 0.5. Their flows are moved eight times as far by a step as the baseline's head.</summary>
    private void Own()
    {
        var settings = TrialSettings.OfTransformers;
        using var scope = NewDisposeScope();
        using var space = new Enumeration(numSymbols: 4, length: 6); // each step enumerates the student
        OnEnumerated(
            "Transformers, own samples", space, EnumeratedTeacher.Transformer,
            settings with { NumSequences = 8 * settings.NumSequences, BatchSize = 256, HeadStepSize = 3e-3 }, 3, [0.5], MethodLists.Own);
    }

    private void TransformerGrid()
    {
        var settings = TrialSettings.OfTransformers;
        OnTransformers(
            "Transformers, all methods", settings with { NumSequences = settings.NumSequences / 2, BatchSize = 64 }, size == LabSize.Full ? 3 : 1, temperatures,
            MethodLists.Every(Horizons));
    }

    private void OnTransformers(string title, TrialSettings settings, int numTeachers, IReadOnlyList<double> at, IReadOnlyList<Method> methods)
    {
        using var scope = NewDisposeScope();
        using var space = new Enumeration(numSymbols: 4, length: 8);
        OnEnumerated(title, space, EnumeratedTeacher.Transformer, settings, numTeachers, at, methods);
    }

    private void TrainedTables()
    {
        using var scope = NewDisposeScope();
        using var space = new Enumeration(numSymbols: 4, length: 6);
        OnEnumerated(
            "Tables, all methods", space, EnumeratedTeacher.Tabular, TrialSettings.OfTables, size == LabSize.Full ? 5 : 1, temperatures,
            MethodLists.Every(Horizons));
    }

    private void OnEnumerated(
        string title, Enumeration space, Func<Enumeration, int, EnumeratedTeacher> make, TrialSettings settings, int numTeachers,
        IReadOnlyList<double> at, IReadOnlyList<Method> methods)
    {
        var teachers = Enumerable.Range(0, size == LabSize.Quick ? 1 : numTeachers).Select(seed => make(space, seed)).ToArray();
        var trials = new EnumeratedTrialTable(output, title, Shortened(settings));
        foreach (var temperature in at)
        {
            trials.Run(teachers, temperature, Chosen(IsFull(temperature) || methods == MethodLists.Own ? methods : MethodLists.Goals));
        }

        foreach (var teacher in teachers) teacher.Dispose();
    }

    private void Markov(ChainSet chains, IReadOnlyList<double> at)
    {
        var trials = new MarkovTable(output, size == LabSize.Quick ? chains with { Count = 1 } : chains, Shortened(new TrialSettings()));
        foreach (var temperature in at)
        {
            trials.Run(temperature, Chosen(chains.First != HeldOut && IsFull(temperature) ? MethodLists.Chains : MethodLists.Goals));
        }
    }

    private void Long() => new MarkovTable(
        output, new(First: 0, Count: size == LabSize.Full ? 3 : 1, NumSymbols: 27, Length: 192, Sharpness: 2), Shortened(TrialSettings.OfLongChains))
        .Run(0.5, Chosen(MethodLists.Goals));

    private IEnumerable<Method> Chosen(IReadOnlyList<Method> methods) =>
        methods.Where(method => method.Name.Contains(Only, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether all methods are run at a temperature.</summary>
    private bool IsFull(double temperature) => size == LabSize.Full || (size == LabSize.Default && temperature == 0.5);

    private TrialSettings Shortened(TrialSettings settings) =>
        size == LabSize.Quick ? settings with { NumSequences = settings.NumSequences / 4 } : settings;
}
