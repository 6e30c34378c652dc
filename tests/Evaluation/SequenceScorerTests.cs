using Lhts.Models.Gpt;
using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Evaluation.Tests;

/// <summary>Scores in batches, against one sequence at a time.</summary>
public sealed class SequenceScorerTests : TensorTest
{
    private static readonly int[][] Sequences = [[1, 2, 3, 4], [5], [6, 7, 8, 9, 10, 11, 0, 1, 2, 3], [4, 4], [9, 8, 7], [3, 2, 1, 0, 12]];

    [Test]
    public void Score_InBatchesOfAnySize_KeepsTheOrderAndEqualsEachAlone(
        [Values(TemperatureConditioning.None, TemperatureConditioning.EveryPosition, TemperatureConditioning.Prefix,
            TemperatureConditioning.LayerNorms)] TemperatureConditioning conditioning,
        [Values(1, 8, 1000)] int tokensPerBatch)
    {
        using var model = MakeModel(conditioning);
        double? temperature = conditioning == TemperatureConditioning.None ? null : 0.6;

        var scores = new SequenceScorer(model, tokensPerBatch).Score(Sequences, temperature);

        for (var i = 0; i < Sequences.Length; i++)
        {
            Assert.That(scores[i].LogProbs, Is.EqualTo(SlowScore(model, Sequences[i], temperature)).Within(1e-5f), $"sequence {i}");
        }
    }

    [Test]
    public void Score_ReportsProgressUpToTheEnd()
    {
        using var model = MakeModel(TemperatureConditioning.None);
        var progress = new Recorder();

        new SequenceScorer(model, tokensPerBatch: 10).Score(Sequences, progress: progress);

        Assert.That(progress.Values, Is.Ordered.And.Member(Sequences.Length));
    }

    [TestCase(new int[0], "Sequence 1 has 0 tokens; this model scores 1 to 16")]
    [TestCase(new[] { 13 }, "Sequence 1 holds token 13; this model's are 0 to 12")]
    [TestCase(new[] { -1 }, "Sequence 1 holds token -1")]
    public void Score_BadSequence_IsNamed(int[] sequence, string message)
    {
        using var model = MakeModel(TemperatureConditioning.None);

        Assert.That(() => new SequenceScorer(model).Score([[1, 2], sequence]), Throws.ArgumentException.With.Message.Contains(message));
    }

    [Test]
    public void Score_Nothing_GivesNothing()
    {
        using var model = MakeModel(TemperatureConditioning.None);

        Assert.That(new SequenceScorer(model).Score([]), Is.Empty);
    }

    private static Gpt2 MakeModel(TemperatureConditioning conditioning)
    {
        var config = new Gpt2Config { NumLayers = 2, EmbeddingSize = 16, NumHeads = 2, VocabularySize = 13, NumPositions = 16, InitializerRange = 0.3,
            TemperatureConditioning = conditioning };
        var model = new Gpt2(config, new Generator(2));
        using var noGrad = no_grad();
        foreach (var (name, parameter) in model.named_parameters())
        {
            if (name == "temperature.weight") parameter.normal_(0, conditioning == TemperatureConditioning.LayerNorms ? 0.1 : 1, new Generator(12));
        }

        return model;
    }

    private static float[] SlowScore(Gpt2 model, int[] sequence, double? temperature)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        model.eval();
        var tokens = tensor(sequence.Select(token => (long)token).ToArray()).unsqueeze(0);
        var temperatures = temperature is { } value ? tensor(new[] { (float)value }) : null;
        var logProbs = model.Logits(model.Hidden(tokens, temperatures)).log_softmax(-1);
        return [.. Enumerable.Range(1, sequence.Length - 1).Select(i => logProbs[0, i - 1, sequence[i]].item<float>())];
    }

    private sealed class Recorder : IProgress<int>
    {
        public List<int> Values { get; } = [];

        public void Report(int value) => Values.Add(value);
    }
}
