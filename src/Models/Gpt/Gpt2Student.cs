using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Models.Gpt;

/// <summary>Makes students from teachers, and plain models from students.</summary>
public static class Gpt2Student
{
    /// <summary>A student with the teacher's weights, which knows temperatures in the given way; its temperature embedding is zero.</summary>
    /// <param name="teacher">Any GPT-2; its own temperature embedding, if it has one of the same shape, is kept.</param>
    /// <param name="conditioning">How the student is told the temperature; none for a student of one temperature.</param>
    /// <param name="trainedAt">The lowest and highest temperature that it will be trained at, kept in its configuration; null where they are not known.</param>
    public static Gpt2 From(Gpt2 teacher, TemperatureConditioning conditioning, (double Lowest, double Highest)? trainedAt = null)
    {
        var student = Gpt2.Uninitialised(teacher.Config with
        {
            TemperatureConditioning = conditioning,
            LowestTemperature = trainedAt?.Lowest,
            HighestTemperature = trainedAt?.Highest,
        });
        student.to(teacher.TokenEmbedding.device);
        using var noGrad = no_grad();
        var weights = teacher.named_parameters().ToDictionary(pair => pair.Item1, pair => pair.Item2);
        foreach (var (name, parameter) in student.named_parameters())
        {
            if (weights.TryGetValue(name, out var weight) && weight.shape.SequenceEqual(parameter.shape)) parameter.copy_(weight);
            else parameter.zero_();
        }

        return student;
    }

    /// <summary>
    /// The plain GPT-2 that a student is at one temperature: its shift is added to the position embeddings, or its gains and shifts go into the layer norms.
    /// </summary>
    /// <param name="student">
    /// A student with <see cref="TemperatureConditioning.EveryPosition"/> or <see cref="TemperatureConditioning.LayerNorms"/>, or a plain model, which is copied.
    /// </param>
    /// <param name="temperature">The long-horizon temperature, above 0.</param>
    /// <exception cref="ArgumentException">The student has a temperature prefix, which no plain GPT-2 can stand for.</exception>
    public static Gpt2 AtTemperature(Gpt2 student, double temperature)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(temperature);
        if (student.NumPrefix > 0)
        {
            throw new ArgumentException(
                "A student with a temperature prefix has no plain GPT-2 at one temperature; train it conditioned at every position or in its layer norms instead.",
                nameof(student));
        }

        var plain = From(student, TemperatureConditioning.None);
        if (student.Config.TemperatureConditioning == TemperatureConditioning.None) return plain;

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        if (student.Config.TemperatureConditioning == TemperatureConditioning.LayerNorms) FoldIntoNorms(plain, student.TemperatureWeight!, temperature);
        else plain.PositionEmbedding.add_(student.TemperatureWeight! * Math.Log(temperature)); // (L, E) + (E)
        return plain;
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
