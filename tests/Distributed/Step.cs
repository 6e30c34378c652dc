using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Lhts.Models.Gpt;
using Lhts.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Distributed.Tests;

/// <summary>A training step of a small GPT-2 with tied weights and the fused head, over some of twelve sequences.</summary>
internal static class Step
{
    public const int NumSequences = 12;

    private const int Length = 9;

    private static readonly Gpt2Config Config = new()
    {
        NumLayers = 2, NumHeads = 2, EmbeddingSize = 16, NumPositions = 16, VocabularySize = 23, BeginOfText = 0, EndOfText = 0,
        ResidualDropout = 0, EmbeddingDropout = 0, AttentionDropout = 0,
    };

    public static Gpt2 Model(bool usesCheckpointing = false)
    {
        using var generator = new Generator(3);
        return new Gpt2(Config, generator) { UsesCheckpointing = usesCheckpointing };
    }

    /// <summary>A student whose weights are those of a place on its path; D1 and D2 are trained.</summary>
    public static Gpt2 Path()
    {
        using var teacher = Model();
        var student = Gpt2Student.From(teacher, TemperatureConditioning.Weights, (0.7, 1));
        student.SetTemperature(0.8);
        return student;
    }

    /// <summary>Adds the gradient of the mean loss over all twelve sequences, as far as it comes from some of them.</summary>
    public static void Backward(Gpt2 model, int first, int count)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        var tokens = randint(0, 23, [NumSequences, Length + 1], dtype: ScalarType.Int64, generator: generator).narrow(0, first, count);
        var lengths = arange(NumSequences).remainder(4).add(Length - 3).narrow(0, first, count).unsqueeze(1);
        var batch = new ObjectiveBatch(tokens.narrow(1, 1, Length).contiguous(), arange(Length).unsqueeze(0).lt(lengths), ones(count));
        using var objective = new MleObjective();
        objective.Loss(batch, StudentStates.OfLogits(model.forward(tokens.narrow(1, 0, Length).contiguous())), null).Backward(1.0 / 88);
        model.CollectGradients();
    }

    /// <summary>What tells two lists of numbers apart, bit for bit, in a line that a message can show.</summary>
    public static string Fingerprint(float[] values) =>
        Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(values.AsSpan()))) + $" {values[0]} {values[^1]}";

    /// <summary>The gradients in one line, or the parameters.</summary>
    public static float[] Flat(Gpt2 model, bool gradients)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return cat(model.TrainedParameters.Select(p => (gradients ? p.Parameter.grad! : p.Parameter).reshape(-1)).ToArray(), 0).data<float>().ToArray();
    }
}
