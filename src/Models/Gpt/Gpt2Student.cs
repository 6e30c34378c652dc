using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Models.Gpt;

/// <summary>Makes students from teachers, and plain models from students.</summary>
public static class Gpt2Student
{
    /// <summary>A student with the teacher's weights, which knows temperatures in the given way; what it is to learn of them is zero.</summary>
    /// <param name="teacher">
    /// Any GPT-2; what it knows of temperatures in the same way, if in the same shape, is kept. Its output scale, if it has one, becomes part of the
    /// student's last layer norm.
    /// </param>
    /// <param name="conditioning">How the student is told the temperature; none for a student of one temperature.</param>
    /// <param name="trainedAt">The lowest and highest temperature that it will be trained at, kept in its configuration; null where they are not known.</param>
    /// <param name="options">What else it has. Default: nothing.</param>
    /// <exception cref="InvalidDataException">Temperatures and options do not go together; every fault is named.</exception>
    public static Gpt2 From(
        Gpt2 teacher, TemperatureConditioning conditioning, (double Lowest, double Highest)? trainedAt = null, Gpt2StudentOptions? options = null)
    {
        var student = Copy(teacher, conditioning, trainedAt, options ?? new());
        FoldScale(student, teacher.ScaleAt(teacher.OwnTemperature ?? 1));
        student.BeginPath();
        return student;
    }

    /// <summary>
    /// The plain GPT-2 that a student is at one temperature: its shift is added to the position embeddings, or its gains and shifts go into the layer
    /// norms, or its weights are those of that place of the path; its output scale goes into the last layer norm. Tokens that it never predicts stay so,
    /// but only here: no plain GPT-2's file can say it.
    /// </summary>
    /// <param name="student">
    /// A student with <see cref="TemperatureConditioning.EveryPosition"/>, <see cref="TemperatureConditioning.LayerNorms"/> or
    /// <see cref="TemperatureConditioning.Weights"/>, or a model of one temperature, which is copied with its scale.
    /// </param>
    /// <param name="temperature">The long-horizon temperature, above 0.</param>
    /// <exception cref="ArgumentException">
    /// The student has a temperature prefix, which no plain GPT-2 can stand for, or is one of another single temperature.
    /// </exception>
    public static Gpt2 AtTemperature(Gpt2 student, double temperature)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(temperature);
        Require(student, temperature);
        var (conditioning, isPlain) = (student.Config.TemperatureConditioning, student.Config.TemperatureConditioning == TemperatureConditioning.None);
        var plain = Copy(student, TemperatureConditioning.None, isPlain && student.OwnTemperature is null ? null : (temperature, temperature), new());

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        if (conditioning == TemperatureConditioning.Weights) student.WritePath(temperature, plain.named_parameters());
        else if (conditioning == TemperatureConditioning.LayerNorms) FoldIntoNorms(plain, student.TemperatureWeight!, temperature);
        else if (!isPlain) plain.PositionEmbedding.add_(student.TemperatureWeight! * Math.Log(temperature)); // (L, E) + (E)
        FoldScale(plain, student.ScaleAt(temperature));
        return plain;
    }

    private static void Require(Gpt2 student, double temperature)
    {
        if (student.NumPrefix > 0)
        {
            throw new ArgumentException(
                "A student with a temperature prefix has no plain GPT-2 at one temperature; train it conditioned at every position, in its layer norms or "
                + "weights instead.",
                nameof(student));
        }

        if (student.OwnTemperature is { } own && own != temperature)
        {
            throw new ArgumentException($"The student was trained at T = {own} alone and is no other at {temperature}; give {own}.", nameof(temperature));
        }
    }

    /// <summary>The weights that both models have, without the output scale.</summary>
    private static Gpt2 Copy(Gpt2 teacher, TemperatureConditioning conditioning, (double Lowest, double Highest)? trainedAt, Gpt2StudentOptions options)
    {
        var student = Gpt2.Uninitialised(teacher.Config with
        {
            TemperatureConditioning = conditioning,
            LowestTemperature = trainedAt?.Lowest,
            HighestTemperature = trainedAt?.Highest,
            PathRank = options.Rank,
            OutputTemperatures = options.OutputTemperatures,
        });
        student.to(teacher.TokenEmbedding.device);
        using var noGrad = no_grad();
        using var generator = new Generator(options.Seed, student.TokenEmbedding.device);
        var isSamePath = WeightPath.UnitOf(student.Config) == WeightPath.UnitOf(teacher.Config);
        var weights = teacher.SavedTensors.Where(pair => pair.Name != OutputScale.ParameterName && (isSamePath || !WeightPath.Owns(pair.Name)))
            .ToDictionary(pair => pair.Name, pair => pair.Value);
        foreach (var (name, parameter) in student.named_parameters())
        {
            if (weights.TryGetValue(name, out var weight) && weight.shape.SequenceEqual(parameter.shape)) parameter.copy_(weight);
            else if (WeightPath.IsRandom(name)) WeightPath.Draw(parameter, generator);
            else if (!WeightPath.Owns(name)) parameter.zero_(); // a path is made of zeros
        }

        return student;
    }

    /// <summary>The last layer norm gives s times what it gave.</summary>
    private static void FoldScale(Gpt2 model, double scale)
    {
        if (scale == 1) return;
        using var noGrad = no_grad();
        model.get_parameter("ln_f.weight")!.mul_(scale);
        model.get_parameter("ln_f.bias")!.mul_(scale);
    }

    /// <summary>y = weight * n + bias, and y + z * (gain * y + shift) is a norm of weight * (1 + z * gain) and bias * (1 + z * gain) + z * shift.</summary>
    private static void FoldIntoNorms(Gpt2 plain, Tensor learned, double temperature)
    {
        var signal = (temperature - 1) * TemperatureModulation.SignalScale;
        var parameters = plain.named_parameters().ToDictionary(pair => pair.Item1, pair => pair.Item2);
        foreach (var (norm, name) in NormsOf(plain.Config))
        {
            var factor = learned.select(0, 2 * norm) * signal + 1; // (E)
            parameters[name + ".weight"].mul_(factor);
            parameters[name + ".bias"].mul_(factor).add_(learned.select(0, (2 * norm) + 1) * signal);
        }
    }

    private static IEnumerable<(int Norm, string Name)> NormsOf(Gpt2Config config)
    {
        for (var layer = 0; layer < config.NumLayers; layer++)
        {
            yield return (TemperatureModulation.NormBeforeAttention(layer), $"h.{layer}.ln_1");
            yield return (TemperatureModulation.NormBeforeFeedForward(layer), $"h.{layer}.ln_2");
        }

        yield return (Gpt2Tensors.NumNorms(config) - 1, "ln_f");
    }
}
