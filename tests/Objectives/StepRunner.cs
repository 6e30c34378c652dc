using TorchSharp;

namespace Lhts.Objectives.Tests;

/// <summary>Runs the protocol of a training step, on any number of ranks.</summary>
internal static class StepRunner
{
    /// <summary>One objective for each rank; <paramref name="parts"/> has the micro-batches of each rank.</summary>
    /// <returns>The losses, rank by rank.</returns>
    public static List<ObjectiveLoss> Run(IReadOnlyList<IObjective> ranks, IReadOnlyList<IReadOnlyList<RandomStep>> parts)
    {
        if (ranks[0].Agreement?.ReadsStudent == true) parts = [.. parts.Select(rank => (IReadOnlyList<RandomStep>)[.. rank.Select(WithStudent)])];
        bool again;
        do
        {
            Each(ranks, parts, (objective, part) => objective.Agreement?.Observe(part.Batch, part.Teacher));
            AllReduce(ranks);
            again = ranks.Select(objective => objective.Agreement?.Commit() ?? false).Distinct().Single();
        }
        while (again);

        var losses = new List<ObjectiveLoss>();
        Each(ranks, parts, (objective, part) => losses.Add(objective.Loss(part.Batch, part.StudentLogits, part.Teacher)));
        AllReduce(ranks);
        foreach (var objective in ranks) objective.Agreement?.EndStep();
        return losses;
    }

    private static RandomStep WithStudent(RandomStep part) =>
        part with { Batch = part.Batch with { StudentLogProbs = TokenHead.LogProbs(part.StudentLogits, part.Batch.Targets) } };

    private static void Each(IReadOnlyList<IObjective> ranks, IReadOnlyList<IReadOnlyList<RandomStep>> parts, Action<IObjective, RandomStep> action)
    {
        for (var rank = 0; rank < ranks.Count; rank++)
        {
            foreach (var part in parts[rank]) action(ranks[rank], part);
        }
    }

    private static void AllReduce(IReadOnlyList<IObjective> ranks)
    {
        for (var i = 0; i < ranks[0].PendingSums().Count; i++)
        {
            var sum = ranks.Select(objective => objective.PendingSums()[i]).Aggregate((left, right) => left + right);
            foreach (var objective in ranks) objective.PendingSums()[i].copy_(sum);
        }
    }
}
