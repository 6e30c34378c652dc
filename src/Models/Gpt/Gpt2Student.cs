using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Models.Gpt;

/// <summary>Makes students from teachers, and plain models from students.</summary>
public static class Gpt2Student
{
    /// <summary>A student with the teacher's weights, which knows temperatures in the given way; its temperature embedding is zero.</summary>
    /// <param name="teacher">Any GPT-2; its own temperature embedding, if it has one, is kept.</param>
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
            if (weights.TryGetValue(name, out var weight)) parameter.copy_(weight);
            else parameter.zero_();
        }

        return student;
    }

    /// <summary>
    /// The plain GPT-2 that a student conditioned at every position is at one temperature: its shift is added to the position embeddings.
    /// </summary>
    /// <param name="student">A student with <see cref="TemperatureConditioning.EveryPosition"/>, or a plain model, which is copied.</param>
    /// <param name="temperature">The long-horizon temperature, above 0.</param>
    /// <exception cref="ArgumentException">The student has a temperature prefix, which no plain GPT-2 can stand for.</exception>
    public static Gpt2 AtTemperature(Gpt2 student, double temperature)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(temperature);
        if (student.NumPrefix > 0)
        {
            throw new ArgumentException(
                "A student with a temperature prefix has no plain GPT-2 at one temperature; train it conditioned at every position instead.",
                nameof(student));
        }

        var plain = From(student, TemperatureConditioning.None);
        if (student.Config.TemperatureConditioning == TemperatureConditioning.None) return plain;

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        plain.PositionEmbedding.add_(student.TemperatureWeight! * Math.Log(temperature)); // (L, E) + (E)
        return plain;
    }
}
