using Lhts.Models.Gpt;
using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Models.Tests.Gpt;

/// <summary>Gradient checkpointing: the same gradients from less memory.</summary>
public sealed class CheckpointingTests : TensorTest
{
    private static readonly Gpt2Config Config = new()
    {
        NumLayers = 3, EmbeddingSize = 32, NumHeads = 2, VocabularySize = 20, NumPositions = 16,
        ResidualDropout = 0.3, EmbeddingDropout = 0.3, AttentionDropout = 0.3, TemperatureConditioning = TemperatureConditioning.EveryPosition,
    };

    [Test]
    public void Gradients_WithCheckpointing_AreBitwiseThoseWithout(
        [Values] bool isPadded, [Values(TemperatureConditioning.EveryPosition, TemperatureConditioning.LayerNorms)] TemperatureConditioning conditioning)
    {
        using var model = new Gpt2(Config with { TemperatureConditioning = conditioning }, new Generator(1));
        var plain = Gradients(model, isCheckpointed: false, isPadded);
        var checkpointed = Gradients(model, isCheckpointed: true, isPadded);

        Assert.That(checkpointed.Keys, Is.EqualTo(plain.Keys));
        foreach (var (name, gradient) in plain) TensorAssert.AreSame(checkpointed[name], gradient, name);
    }

    [Test]
    public void RandomNumbers_AfterACheckpointedStep_ContinueAsAfterAPlainOne()
    {
        using var model = new Gpt2(Config, new Generator(1));
        Gradients(model, isCheckpointed: false, isPadded: false);
        var expected = rand(3);
        Gradients(model, isCheckpointed: true, isPadded: false);

        TensorAssert.AreSame(rand(3), expected);
    }

    [Test]
    public void Steps_WithCheckpointing_LeaveNoTensors()
    {
        using var model = new Gpt2(Config, new Generator(1)) { UsesCheckpointing = true };
        long? first = null;
        for (var i = 0; i < 3; i++)
        {
            using (NewDisposeScope())
            {
                Loss(model, null).backward();
                model.zero_grad();
            }

            first ??= Tensor.TotalCount;
            Assert.That(Tensor.TotalCount, Is.EqualTo(first));
        }
    }

    [Test]
    public void Forward_WithoutGradients_IsNotCheckpointed()
    {
        using var noGrad = no_grad();
        using var model = new Gpt2(Config, new Generator(1)) { UsesCheckpointing = true };

        Assert.That(Loss(model, null).requires_grad, Is.False);
    }

    [Test]
    [Platform("Linux")]
    public void Memory_OfAStep_IsLessThanHalf()
    {
        using var model = new Gpt2(Config with { NumLayers = 8, EmbeddingSize = 64, NumPositions = 256 }, new Generator(1));
        var tokens = zeros([16, 128], ScalarType.Int64);
        RiseDuringStep(model, tokens, isCheckpointed: true); // what is taken once, such as the gradients, is taken now
        // The lesser first: what the allocator keeps of it can only make the other's rise look smaller.
        var checkpointed = RiseDuringStep(model, tokens, isCheckpointed: true);

        var plain = RiseDuringStep(model, tokens, isCheckpointed: false);

        Assert.That(checkpointed, Is.LessThan(plain / 2), $"rises of {checkpointed >> 20} and {plain >> 20} MiB");
    }

    private static Dictionary<string, Tensor> Gradients(Gpt2 model, bool isCheckpointed, bool isPadded)
    {
        model.zero_grad();
        model.UsesCheckpointing = isCheckpointed;
        manual_seed(7).Dispose();
        Loss(model, isPadded ? tensor(new long[] { 0, 3 }) : null).backward();
        return model.named_parameters().ToDictionary(pair => pair.Item1, pair => pair.Item2.grad!.clone());
    }

    private static Tensor Loss(Gpt2 model, Tensor? leftPadding)
    {
        var tokens = arange(20, dtype: ScalarType.Int64).view(2, 10);
        return model.Logits(model.Hidden(tokens, tensor(new[] { 0.5f, 0.8f }), leftPadding)).narrow(1, 5, 5).log_softmax(-1).select(2, 3).mean();
    }

    private static long RiseDuringStep(Gpt2 model, Tensor tokens, bool isCheckpointed)
    {
        model.UsesCheckpointing = isCheckpointed;
        return PeakMemory.RiseDuring(() =>
        {
            using var step = NewDisposeScope();
            model.forward(tokens).mean().backward();
        });
    }
}
