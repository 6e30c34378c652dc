using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Models.Gpt;

/// <summary>
/// A student as a path in weight space: <c>theta(T) = theta_teacher + x (D1 + x D2)</c> with <c>x = (1/T - 1) / (1/T_min - 1)</c>. The model computes with
/// working weights, which this writes; D1 and D2 are what is trained, and zero at first. At T = 1 the working weights are the teacher's to the bit.
/// </summary>
internal sealed class WeightPath : nn.Module
{
    /// <summary>The module's name in the model.</summary>
    public const string ModuleName = "path";

    /// <summary>T_min of a model that does not say at which temperatures it was trained.</summary>
    private const double DefaultLowest = 0.5;

    private readonly Dictionary<string, ParameterPath> paths = new(StringComparer.Ordinal); // by the working parameter's name
    private readonly double unit;

    /// <summary>A path that does not move yet, of a teacher that is not set.</summary>
    public WeightPath(Gpt2Config config)
        : base(nameof(WeightPath))
    {
        unit = UnitOf(config);
        foreach (var (name, shape) in Gpt2Tensors.WorkingShapes(config))
        {
            paths[name] = new ParameterPath(shape, config.PathRank);
            register_module(KeyOf(name), paths[name]);
        }
    }

    /// <summary>1/T - 1 where x is 1: at the lowest temperature or, when none is below 1, at the highest.</summary>
    public static double UnitOf(Gpt2Config config)
    {
        var lowest = config.LowestTemperature ?? DefaultLowest;
        return (1 / (lowest < 1 ? lowest : config.HighestTemperature ?? lowest)) - 1;
    }

    /// <summary>Names and shapes of what is trained, as the model names it.</summary>
    public static IEnumerable<(string Name, long[] Shape)> Shapes(Gpt2Config config) =>
        from working in Gpt2Tensors.WorkingShapes(config)
        from power in ParameterPath.Powers
        from part in Displacement.Shapes(working.Shape, config.PathRank)
        select ($"{ModuleName}.{KeyOf(working.Name)}.{power}{part.Ending}", part.Shape);

    /// <summary>Whether a parameter of the model, by its name, is one of the path's and not a working weight.</summary>
    public static bool Owns(string parameter) => parameter.StartsWith(ModuleName + ".", StringComparison.Ordinal);

    /// <summary>A parameter of the path by its name in files, without their prefix: the working parameter's, a dot, and which part of its path it is.</summary>
    public static string NameOf(string tensor)
    {
        var end = tensor.LastIndexOf('.');
        return end < 0 ? tensor : $"{ModuleName}.{KeyOf(tensor[..end])}{tensor[end..]}";
    }

    /// <summary>Whether a parameter of the path, by its name, is the factor A of D = A B, which is random at first.</summary>
    public static bool IsRandom(string parameter) => Owns(parameter) && parameter.EndsWith("_a", StringComparison.Ordinal);

    /// <summary>
    /// Draws a factor A of (M, R) with deviation 1/sqrt(R): with it an update of every element of B by AdamW's rate moves the elements of A B by about that
    /// rate, as it would those of a full D.
    /// </summary>
    public static void Draw(Parameter factor, Generator? generator) => factor.normal_(0, 1 / Math.Sqrt(factor.shape[1]), generator);

    /// <summary>The teacher's value of a working parameter.</summary>
    public Tensor TeacherOf(string name) => paths[name].Teacher;

    /// <summary>Makes the teacher what the working weights are now.</summary>
    public void TakeTeacher(IEnumerable<(string Name, Parameter Parameter)> working)
    {
        foreach (var (name, parameter) in working) paths[name].Teacher.copy_(parameter);
    }

    /// <summary>Writes theta(T) into parameters of the working ones' names.</summary>
    public void Write(double temperature, IEnumerable<(string Name, Parameter Parameter)> working)
    {
        var x = At(temperature);
        foreach (var (name, parameter) in working)
        {
            using var scope = NewDisposeScope();
            paths[name].Write(parameter, x);
        }
    }

    /// <summary>Turns the working weights' gradients at a temperature into those of D1 and D2, which are added to, and clears them.</summary>
    public void Collect(double temperature, IEnumerable<(string Name, Parameter Parameter)> working)
    {
        var x = At(temperature);
        foreach (var (name, parameter) in working)
        {
            using var scope = NewDisposeScope();
            paths[name].Collect(parameter.grad, x);
            parameter.grad = null;
        }
    }

    private double At(double temperature) => ((1 / temperature) - 1) / unit;

    /// <summary>A name within a module holds no dot.</summary>
    private static string KeyOf(string parameter) => parameter.Replace('.', '/');
}

/// <summary>One parameter's path: the teacher's value and what is added to it.</summary>
internal sealed class ParameterPath : nn.Module
{
    /// <summary>The names of D1 and D2.</summary>
    public static readonly string[] Powers = ["d1", "d2"];

    private readonly Tensor teacher;
    private readonly Displacement[] displacements; // D1, D2

    /// <summary>A path that does not move yet, of a teacher that is not set.</summary>
    public ParameterPath(long[] shape, int? rank)
        : base(nameof(ParameterPath))
    {
        teacher = zeros(shape);
        register_buffer(nameof(teacher), teacher);
        displacements = [.. Powers.Select(_ => Displacement.Of(shape, rank))];
        foreach (var (power, displacement) in Powers.Zip(displacements))
        {
            foreach (var (ending, parameter) in displacement.Parameters) register_parameter(power + ending, parameter);
        }
    }

    /// <summary>The teacher's value.</summary>
    public Tensor Teacher => teacher;

    /// <summary>destination = teacher + x D1 + x² D2.</summary>
    public void Write(Tensor destination, double x)
    {
        destination.copy_(teacher);
        if (x == 0) return; // to the bit, whatever D1 and D2 have become
        displacements[0].AddTo(destination, x);
        displacements[1].AddTo(destination, x * x);
    }

    /// <summary>Adds x times the gradient to D1's and x² times it to D2's.</summary>
    public void Collect(Tensor? gradient, double x)
    {
        displacements[0].AddGradient(gradient, x);
        displacements[1].AddGradient(gradient, x * x);
    }
}
