using Lhts.Distributed;
using Lhts.Objectives;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Trainer.Parallel;

/// <summary>
/// Takes gradients to new parameters: sums them over the ranks, clips them, lets AdamW update them or this rank's share of them, and zeroes them. A rank alone
/// only clips and updates.
/// </summary>
internal sealed class Updater : IDisposable
{
    private readonly IReadOnlyList<Parameter> model;
    private readonly IReadOnlyList<Parameter> objective;
    private readonly GradientBuckets? buckets;
    private readonly ParameterShards? shards;

    /// <summary>Takes over the gradients of model and objective, in groups as <see cref="Optimizers"/> makes them.</summary>
    /// <param name="model">The parameters of the model.</param>
    /// <param name="objective">The objective's own.</param>
    /// <param name="training">AdamW's settings.</param>
    /// <param name="objectiveRate">The highest rate of the objective's own.</param>
    /// <param name="ranks">The ranks.</param>
    /// <param name="distributed">How gradients travel; whether the optimizer is shared out.</param>
    public Updater(
        IEnumerable<(string Name, Parameter Parameter)> model, IEnumerable<(string Name, Parameter Parameter)> objective, OptimizationRecipe training,
        double objectiveRate, Ranks ranks, DistributedRecipe distributed)
    {
        var named = model.ToArray();
        var own = objective.Select(p => (Name: ObjectivePrefix + p.Name, p.Parameter)).ToArray();
        (this.model, this.objective) = ([.. named.Select(p => p.Parameter)], [.. own.Select(p => p.Parameter)]);
        var all = this.objective.Concat(this.model).ToArray(); // the objective's gradients are the last to be there: its parameters count as the first
        if (ranks.Group is { } group)
        {
            buckets = new GradientBuckets(group, all, OptionsOf(distributed));
            shards = distributed.ShardOptimizer ? new ParameterShards(group, all) : null;
        }

        var updated = shards?.Own ?? [.. all.Select(parameter => new ParameterShard(parameter, 0, parameter))];
        Optimizer = Optimizers.Build(updated, this.objective.ToHashSet(), training, objectiveRate);
        Shares = SharesOf(updated, [.. named, .. own]);
        FileName = shards is null ? OptimizerFile : $"optimizer-{ranks.Rank:00000}-of-{ranks.WorldSize:00000}.safetensors";
        Writes = shards is not null || ranks.IsLeader;
        Parameters = all;
    }

    /// <summary>What files of optimizer states are called.</summary>
    public const string FilePattern = "optimizer*.safetensors";

    private const string OptimizerFile = "optimizer.safetensors";
    private const string ObjectivePrefix = "objective.";

    /// <summary>Over this rank's parameters.</summary>
    public AdamW Optimizer { get; }

    /// <summary>What this rank updates, with its state.</summary>
    public IReadOnlyList<OptimizerShare> Shares { get; }

    /// <summary>All parameters, whichever rank updates them.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>The file of this rank's states in a checkpoint.</summary>
    public string FileName { get; }

    /// <summary>Whether this rank writes that file.</summary>
    public bool Writes { get; }

    /// <summary>The name of an objective's parameter among those of the model.</summary>
    public static string NameOf(string objectiveParameter) => ObjectivePrefix + objectiveParameter;

    /// <summary>Call before the backward pass of a step's last micro-batch: what it completes is sent while it goes on.</summary>
    public void ExpectLast() => buckets?.PrepareForBackward();

    /// <summary>Completes the sums over the ranks; null for a rank alone.</summary>
    public ReductionTimes? Reduce() => buckets?.Finish();

    /// <summary>Clips the gradients of model and objective, each to a norm; gives both norms before.</summary>
    public (double Model, double Objective) Clip(double bound) => (nn.utils.clip_grad_norm_(model, bound), nn.utils.clip_grad_norm_(objective, bound));

    /// <summary>Updates the parameters.</summary>
    /// <param name="rateShare">The learning rate as a share of each group's highest.</param>
    public void Update(double rateShare)
    {
        Optimizers.SetRate(Optimizer, rateShare);
        shards?.TakeGradients();
        Optimizer.step();
        shards?.Gather();
    }

    /// <summary>Forgets the gradients.</summary>
    public void Zero()
    {
        if (buckets is null) Optimizer.zero_grad();
        else buckets.Zero();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Optimizer.Dispose();
        buckets?.Dispose();
        shards?.Dispose();
    }

    private static BucketOptions OptionsOf(DistributedRecipe distributed) => new()
    {
        Bytes = (long)(distributed.BucketMegabytes * (1 << 20)),
        Compression = distributed.Compression == GradientCompression.Bfloat16 ? Compression.Bfloat16 : Compression.None,
    };

    private OptimizerShare[] SharesOf(IReadOnlyList<ParameterShard> updated, IReadOnlyList<(string Name, Parameter Parameter)> named)
    {
        var names = named.ToDictionary(p => p.Parameter, p => p.Name);
        var states = Optimizer.parameters().Zip(Optimizer.state_dict().State.Cast<AdamW.State>()).ToDictionary(p => p.First, p => p.Second);
        return [.. updated.Select(shard => new OptimizerShare(names[shard.Whole], shards is null ? null : shard.Offset, states[shard.Slice]))];
    }
}

/// <summary>AdamW's state of a parameter or of a stretch of one.</summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Offset">The stretch's first element; null for a whole parameter, whose state has its shape.</param>
/// <param name="State">Step count and running means.</param>
internal sealed record OptimizerShare(string Name, long? Offset, AdamW.State State);
