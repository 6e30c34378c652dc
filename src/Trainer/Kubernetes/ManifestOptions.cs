namespace Lhts.Trainer.Kubernetes;

/// <summary>What makes the pods of a run.</summary>
public enum Flavour
{
    /// <summary>An indexed Job, with a headless Service where there are several nodes.</summary>
    Job,

    /// <summary>A JobSet, which starts all pods again when one of them gives up.</summary>
    Jobset,

    /// <summary>A TrainJob of Kubeflow Trainer v2 and its runtime.</summary>
    Trainjob,

    /// <summary>A Job of one pod that makes the Parquet shards and trains nothing.</summary>
    DataPrepare,
}

/// <summary>How a run is laid out on a cluster.</summary>
public sealed record ManifestOptions
{
    /// <summary>Pods, one for each node. Default 1.</summary>
    public int Nodes { get; init; } = 1;

    /// <summary>GPUs of each pod, each for one rank; 0 for one rank on the CPU. Default 0.</summary>
    public int GpusPerNode { get; init; }

    /// <summary>What makes the pods. Default Job.</summary>
    public Flavour Flavour { get; init; } = Flavour.Job;

    /// <summary>The image. Default lhts:latest.</summary>
    public string Image { get; init; } = "lhts:latest";

    /// <summary>The claim of the volume with the data, mounted at /data, where relative paths of the recipe begin. Default lhts-data.</summary>
    public string DataClaim { get; init; } = "lhts-data";

    /// <summary>The claim of the volume with the run folders, mounted at /runs and shared by all pods. Default lhts-runs.</summary>
    public string RunsClaim { get; init; } = "lhts-runs";

    /// <summary>The Secret whose key <c>secret</c> the pods share, or null to make one. Default null.</summary>
    public string? SecretName { get; init; }

    /// <summary>Seconds after which the run is ended, whatever it does. Default 604800, a week.</summary>
    public int Deadline { get; init; } = 604800;

    /// <summary>Ranks of each pod.</summary>
    public int RanksPerNode => Math.Max(1, GpusPerNode);
}
