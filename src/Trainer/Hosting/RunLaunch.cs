using System.Security.Cryptography;
using System.Text;
using Lhts.Launching;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Stages;

namespace Lhts.Trainer.Hosting;

/// <summary>What the launcher, which knows no recipe, is told of one.</summary>
public static class RunLaunch
{
    /// <summary>The options of a recipe's run.</summary>
    public static LaunchOptions Of(Recipe recipe)
    {
        var distributed = recipe.Distributed;
        return new LaunchOptions
        {
            Run = Identify(recipe),
            RanksUntold = recipe.Device == "cpu" ? distributed.Processes : 1,
            Threads = recipe.Threads,
            Elastic = distributed.Elastic is { } elastic ? new ElasticRange { Min = elastic.Min, Max = elastic.Max } : null,
            MaxRestarts = distributed.MaxRestarts,
            HeartbeatTimeout = TimeSpan.FromSeconds(distributed.HeartbeatTimeout),
            RendezvousTimeout = TimeSpan.FromSeconds(distributed.RendezvousTimeout),
            StopTimeout = TimeSpan.FromSeconds(distributed.StopTimeout),
            RunFolder = RunFolder.Of(recipe).Path,
        };
    }

    /// <summary>The run's name with a hash of its recipe, without what may differ between the hosts of one run.</summary>
    private static string Identify(Recipe recipe)
    {
        var shared = RecipePaths.NamesOnly(recipe) with { Device = "cpu", Threads = 0, Output = null, Telemetry = new TelemetryRecipe() };
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(RecipeReader.Write(shared)));
        return $"'{recipe.Name}' (recipe {Convert.ToHexStringLower(hash.AsSpan(0, 4))})";
    }
}
