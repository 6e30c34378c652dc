using Lhts.Data.Batching;
using Lhts.Objectives;
using Lhts.Trainer.Sources;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Trainer.Training;

// B sequences, L predicted positions (one fewer than the micro-batch has tokens).

/// <summary>A micro-batch as tensors on the device, and what the teacher says about it once asked.</summary>
/// <param name="Tokens">(B, L) int64: what the models read.</param>
/// <param name="Batch">Targets, mask and temperatures.</param>
/// <param name="Source">The micro-batch itself, for messages; null for a rank without one.</param>
internal sealed record StepInputs(Tensor Tokens, ObjectiveBatch Batch, MicroBatch? Source)
{
    /// <summary>Targets, mask, temperatures, and what else is known of the sequences.</summary>
    public ObjectiveBatch Batch { get; set; } = Batch;

    /// <summary>The temperature of the first sequence; of all, where a step has one temperature.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>The teacher's log-probs and what else the objective reads; kept ones, or null before it is asked and for objectives without one.</summary>
    public TeacherSignal? Teacher { get; set; }

    /// <summary>The teacher's last hidden states, (B, L, E), from which its logits are made when they are needed: E is far below V.</summary>
    public Tensor? TeacherStates { get; set; }

    /// <summary>A sequence without a position that counts: what a rank without sequences computes with, so that it takes part in every sum.</summary>
    /// <param name="device">Where the tensors are.</param>
    /// <param name="hasScores">Whether what the teacher says comes with the micro-batches.</param>
    public static StepInputs Empty(Device device, bool hasScores)
    {
        using var scope = NewDisposeScope();
        var nothing = zeros(1, 1, dtype: ScalarType.Int64, device: device);
        return new StepInputs(
            nothing.alias().MoveToOuterDisposeScope(),
            new ObjectiveBatch(
                nothing.alias().MoveToOuterDisposeScope(), zeros(1, 1, dtype: ScalarType.Bool, device: device).MoveToOuterDisposeScope(),
                ones(1, device: device).MoveToOuterDisposeScope()),
            Source: null)
        {
            Teacher = hasScores ? new TeacherSignal(zeros(1, 1, device: device).MoveToOuterDisposeScope()) : null,
        };
    }

    /// <summary>
    /// Makes the tensors of a micro-batch. The temperature of a sequence is its own, or depends on seed, step and its place in the step alone.
    /// </summary>
    /// <param name="source">The sequences.</param>
    /// <param name="step">Which step they are for.</param>
    /// <param name="temperatures">Of sequences without one of their own.</param>
    /// <param name="banned">Tokens that the models never predict: a position that has one does not count.</param>
    /// <param name="device">Where the tensors go.</param>
    public static StepInputs Of(MicroBatch source, long step, TemperatureDraws temperatures, IReadOnlySet<int> banned, Device device)
    {
        using var scope = NewDisposeScope();
        var (rows, length) = (source.NumSequences, source.Length - 1);
        var all = tensor(source.Tokens, device: device).view(rows, source.Length); // (B, L+1)
        var numPredicted = tensor(Array.ConvertAll(source.Lengths, n => n - 1L), device: device).unsqueeze(1); // (B, 1)
        var mask = arange(length, device: device).unsqueeze(0).lt(numPredicted); // (B, L)
        if (source.PromptLengths.Any(prompt => prompt > 1))
        {
            var numRead = tensor(Array.ConvertAll(source.PromptLengths, prompt => prompt - 1L), device: device).unsqueeze(1); // (B, 1)
            mask = mask.logical_and(arange(length, device: device).unsqueeze(0).ge(numRead));
        }

        var kept = source.LogProbs is { } values ? new TeacherSignal(tensor(values, device: device).view(rows, length).MoveToOuterDisposeScope()) : null;
        var targets = all.narrow(1, 1, length).contiguous(); // (B, L)
        if (banned.Count > 0)
        {
            foreach (var token in source.Tokens.Distinct().Where(token => banned.Contains((int)token))) mask = mask.logical_and(targets.ne(token));
        }

        Tensor? lookAhead = null;
        if (source.LookAheads.Any(tokens => tokens > 0))
        {
            var ends = source.Lengths.Zip(source.LookAheads, (tokens, ahead) => tokens - 1L - ahead).ToArray();
            var isScored = arange(length, device: device).unsqueeze(0).lt(tensor(ends, device: device).unsqueeze(1)); // (B, L)
            lookAhead = mask.logical_and(isScored.logical_not());
            mask = mask.logical_and(isScored);
        }

        var own = source.Lanes.Zip(source.Temperatures, (lane, temperature) => temperature ?? temperatures.Of(step, lane)).ToArray();
        return new StepInputs(
            all.narrow(1, 0, length).contiguous().MoveToOuterDisposeScope(),
            new ObjectiveBatch(
                targets.MoveToOuterDisposeScope(),
                mask.MoveToOuterDisposeScope(),
                tensor(Array.ConvertAll(own, value => (float)value), device: device).MoveToOuterDisposeScope())
            {
                DrawnLogProbs = source.DrawnLogProbs is { } drawn ? tensor(drawn, device: device).view(rows, length).MoveToOuterDisposeScope() : null,
                IsOfTarget = source.Source == JointSamples.Name,
                LookAhead = lookAhead?.MoveToOuterDisposeScope(),
                Groups = tensor(Array.ConvertAll(source.Groups, group => (long)group), device: device).MoveToOuterDisposeScope(),
            },
            source)
        {
            Teacher = kept,
            Temperature = own[0],
        };
    }
}
