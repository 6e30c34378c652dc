using Lhts.Trainer.Recipes;
using static Lhts.Trainer.Kubernetes.ManifestYaml;

namespace Lhts.Trainer.Kubernetes;

/// <summary>A run as its manifests name it.</summary>
/// <param name="Recipe">The recipe as the pods run it.</param>
/// <param name="Options">The layout.</param>
internal sealed record PodRun(Recipe Recipe, ManifestOptions Options)
{
    /// <summary>torch.distributed's own port.</summary>
    public const int RendezvousPort = 29500;

    /// <summary>The run's name.</summary>
    public string Name => Recipe.Name;

    /// <summary>Whether there are several pods.</summary>
    public bool IsMany => Options.Nodes > 1;

    /// <summary>The Secret that the pods share.</summary>
    public string SecretName => Options.SecretName ?? $"{Name}-secret";

    /// <summary>The port of a rank's metrics.</summary>
    public int MetricsPortOf(int localRank) => Recipe.Telemetry.Port!.Value + localRank;

    /// <summary>The labels by which the run's pods are found.</summary>
    public Dictionary<string, object> Selector => Map(("app.kubernetes.io/name", "lhts"), ("app.kubernetes.io/instance", Name));

    /// <summary>Name and labels of an object of the run.</summary>
    public Dictionary<string, object> Metadata(string name) => Map(("name", name), ("labels", Selector));

    /// <summary>The address of the first pod.</summary>
    public string MasterAddress => Options.Flavour == Flavour.Jobset ? $"{Name}-trainer-0-0.{Name}" : $"{Name}-0.{Name}";
}
