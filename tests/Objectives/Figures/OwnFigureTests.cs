using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives.Tests.Figures;

/// <summary>An objective of a stranger with a figure of its own.</summary>
public sealed class OwnFigureTests : TensorTest
{
    [Test]
    public void Figure_OfAnObjective_AddsUpOverMicroBatchesByTemperature()
    {
        var step = RandomStep.Of(seed: 7, numSequences: 8, length: 9, numTokens: 5);
        using var objective = new LongestObjective();
        RandomStep[] parts = [step.Part(0, 3, padding: 1), step.Part(3, 5, padding: 0)];
        var sums = new FigureSums(new FigureLayout(objective.Figures, TemperatureBins.OfList([0.5, 0.9])));
        foreach (var (loss, part) in StepRunner.Run([objective], [parts]).Zip(parts)) sums.Add(loss.Figures, part.Batch.Temperatures);
        var table = sums.Read();

        var (lengths, temperatures) = (step.Batch.Mask.to(ScalarType.Float64).sum(dim: 1).Values(), step.Batch.Temperatures.Values());
        double[] Of(double temperature) =>
            [.. lengths.Zip(temperatures).Where(pair => pair.First > 0 && pair.Second == temperature).Select(pair => pair.First)];
        Assert.That(table.Of(LongestObjective.Length, 0), Is.EqualTo(Of(0.5).Average()).Within(1e-12));
        Assert.That(table.Of(LongestObjective.Length, 1), Is.EqualTo(Of(0.9).Average()).Within(1e-12));
        Assert.That(table[LongestObjective.Longest], Is.EqualTo(lengths.Max()));
    }

    /// <summary>Maximum likelihood that also tells how long its sequences are.</summary>
    private sealed class LongestObjective : IObjective
    {
        private readonly IObjective inner = new MleObjective();

        public static Figure Length { get; } = new("lhts.length", "{token}", "Mean length.", Statistic.PerSequence(new("length")))
        {
            Key = "length.mean", By = FigureBy.Temperature,
        };

        public static Figure Longest { get; } = new("lhts.longest", "{token}", "Length of the longest.", Statistic.Maximum(new("longest", isMaximum: true)))
        {
            Key = "length.longest",
        };

        public IReadOnlyList<Figure> Figures { get; } = [.. LossFigures.All, Length, Longest];

        public TeacherNeeds Needs => TeacherNeeds.None;

        public ObjectiveLoss Loss(ObjectiveBatch batch, StudentStates student, TeacherSignal? teacher)
        {
            var loss = inner.Loss(batch, student, teacher);
            var lengths = batch.Mask.to(ScalarType.Float64).sum(dim: 1); // (B)
            loss.Figures.Add(Length, lengths).Add(Longest, lengths);
            return loss;
        }
    }
}
