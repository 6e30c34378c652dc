using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Models.Gpt;

/// <content>
/// What a model is at one long-horizon temperature. Callers need not ask for the conditioning: <see cref="SetTemperature"/>, forward and backward,
/// <see cref="CollectGradients"/>, an update of <see cref="TrainedParameters"/> is right for every model.
/// </content>
public sealed partial class Gpt2
{
    private readonly WeightPath? path;
    private bool isStale;

    /// <summary>
    /// The temperature that the weights are those of, with <see cref="TemperatureConditioning.Weights"/>; 1 at first, and always for other models.
    /// </summary>
    public double Temperature { get; private set; } = 1;

    /// <summary>
    /// What an optimizer trains, by name: D1 and D2 with <see cref="TemperatureConditioning.Weights"/>, which get their gradients from
    /// <see cref="CollectGradients"/>; all parameters of other models.
    /// </summary>
    public IReadOnlyList<(string Name, Parameter Parameter)> TrainedParameters =>
        [.. named_parameters().Where(pair => path is null || WeightPath.Owns(pair.Item1))];

    /// <summary>What a file holds under the names of the parameters: with a path the teacher's weights in place of those of the moment.</summary>
    internal IEnumerable<(string Name, Tensor Value)> SavedTensors =>
        named_parameters().Select(pair => (pair.Item1, path is null || WeightPath.Owns(pair.Item1) ? pair.Item2 : path.TeacherOf(pair.Item1)));

    /// <summary>The temperature of a model that stands for a single one.</summary>
    internal double? OwnTemperature => Config.TemperatureConditioning == TemperatureConditioning.None && Config.LowestTemperature == Config.HighestTemperature
        ? Config.LowestTemperature
        : null;

    private IEnumerable<(string Name, Parameter Parameter)> WorkingParameters => named_parameters().Where(pair => !WeightPath.Owns(pair.Item1));

    /// <summary>
    /// Moves the weights to a long-horizon temperature; of no effect for conditionings other than <see cref="TemperatureConditioning.Weights"/>. Not between a
    /// forward pass and its backward pass. Free where the weights are there already: in training mode they are written anew at every call, since an
    /// optimizer may have changed D1 and D2; in evaluation mode at a new temperature, and after training,
    /// <see cref="CollectGradients"/> or <see cref="WeightsChanged"/>.
    /// </summary>
    /// <param name="temperature">Above 0; outside the trained range an extrapolation.</param>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a number above 0.</exception>
    public void SetTemperature(double temperature)
    {
        if (!(temperature > 0 && double.IsFinite(temperature)))
        {
            throw new ArgumentOutOfRangeException(nameof(temperature), temperature, "A long-horizon temperature is a number above 0.");
        }

        if (path is null || (temperature == Temperature && !training && !isStale)) return;
        using var noGrad = no_grad();
        path.Write(temperature, WorkingParameters);
        (Temperature, isStale) = (temperature, false);
    }

    /// <summary>
    /// Says that D1 and D2 have other values now: the next <see cref="SetTemperature"/> writes the weights anew. Only needed for changes in evaluation mode.
    /// </summary>
    public void WeightsChanged() => isStale = true;

    /// <summary>
    /// Call after each backward pass and before the temperature moves on: turns the gradients of the weights at this temperature into those of D1 and D2, which
    /// are added to, and clears them. D1 and D2 all have a gradient afterwards. Of no effect for other models.
    /// </summary>
    public void CollectGradients()
    {
        if (path is null) return;
        using var noGrad = no_grad();
        path.Collect(Temperature, WorkingParameters);
        isStale = true; // an update follows
    }

    /// <summary>Switches dropout, and forgets in which state the training that ends has left the weights.</summary>
    public override void train(bool train = true)
    {
        isStale |= training && !train;
        base.train(train);
    }

    /// <summary>Copies values in by name; the weights are then those of <see cref="Temperature"/>.</summary>
    /// <exception cref="InvalidOperationException">Strict, and a name is missing or unexpected.</exception>
    public override (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(
        Dictionary<string, Tensor> source, bool strict = true, IList<string>? skip = null)
    {
        var result = base.load_state_dict(source, strict, skip);
        WeightsChanged();
        SetTemperature(Temperature);
        return result;
    }

    /// <summary>Makes the path's teacher what the weights are now.</summary>
    internal void BeginPath()
    {
        using var noGrad = no_grad();
        path?.TakeTeacher(WorkingParameters);
    }

    /// <summary>Writes what the weights are at a temperature into parameters of the same names; this model stays where it is.</summary>
    internal void WritePath(double temperature, IEnumerable<(string Name, Parameter Parameter)> destination) => path!.Write(temperature, destination);

    /// <summary>What the last hidden states are multiplied by at a temperature, 1 without an output scale.</summary>
    internal double ScaleAt(double temperature)
    {
        if (output is null) return 1;
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var learned = new Parameter(output.get_parameter("log_scale")!.detach().clone()); // (1)
        if (path is not null) path.Write(temperature, [(OutputScale.ParameterName, learned)]);
        return Math.Exp(learned.to(ScalarType.Float64).item<double>()) * output.Given(temperature);
    }

    /// <summary>The last hidden states with the scale of their temperatures: (B, L, E).</summary>
    private Tensor Scale(Tensor states, Tensor? temperatures)
    {
        if (output is null) return states;
        if (path is null && temperatures is not null) return states * output.At(temperatures);
        return states * output.At(path is null && OwnTemperature is { } own ? own : Temperature);
    }
}
