using Lhts.Launching;
using static Lhts.Trainer.Kubernetes.ManifestYaml;

namespace Lhts.Trainer.Kubernetes;

/// <summary>
/// The pod that all flavours share. It keeps to the restricted Pod Security Standard: no root, no capability, a root file system that is read only.
/// </summary>
internal static class PodTemplate
{
    /// <summary>The user of the image, by number, so that a cluster can see that it is not root.</summary>
    public const int User = 10001;

    /// <summary>Between the end of <c>distributed.stopTimeout</c> and SIGKILL: an agent that ended its workers has to say so.</summary>
    private const int LastSeconds = 15;

    private const int ProbeSeconds = 10;

    /// <summary>A pod that trains.</summary>
    /// <param name="run">The run.</param>
    /// <param name="container">The container's name.</param>
    /// <param name="isPlacedByUs">Whether number and address of the pods are told here; else another launcher does.</param>
    public static object Training(PodRun run, string container, bool isPlacedByUs) =>
        Pod(run, Container(run, container, Arguments(run, isPlacedByUs), Environment(run, isPlacedByUs), isTraining: true), isTraining: true);

    /// <summary>A pod that makes the Parquet shards.</summary>
    public static object Preparing(PodRun run)
    {
        var prepare = run.Recipe.Data.Prepare!;
        string[] arguments =
        [
            "data", "prepare", prepare.Source, "--output", run.Recipe.Data.Path, "--text-column", run.Recipe.Data.TextColumn, "--text-field", prepare.TextField,
            "--row-group-rows", Text(prepare.RowGroupRows), "--row-bytes", Text(prepare.RowBytes), "--layout",
            System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(prepare.Layout.ToString()),
        ];
        return Pod(run, Container(run, "prepare", arguments, Environment(run, isPlacedByUs: false), isTraining: false), isTraining: false);
    }

    private static string[] Arguments(PodRun run, bool isPlacedByUs)
    {
        string[] arguments = ["train", "/etc/lhts/recipe.yaml"];
        var isAgent = isPlacedByUs && (run.IsMany || run.Options.RanksPerNode > 1);
        return isAgent ? [.. arguments, "--nproc", Text(run.Options.RanksPerNode)] : arguments;
    }

    private static object[] Environment(PodRun run, bool isPlacedByUs)
    {
        var variables = new List<(string Name, string Value)> { ("DOTNET_EnableDiagnostics", "0"), ("TMPDIR", "/tmp"), ("HOME", "/tmp") };
        if (isPlacedByUs) variables.Add(("WORLD_SIZE", Text(run.Options.Nodes)));
        if (isPlacedByUs && run.IsMany) variables.AddRange([("MASTER_ADDR", run.MasterAddress), ("MASTER_PORT", Text(PodRun.RendezvousPort))]);
        if (run.IsMany) variables.Add(("LHTS_SECRET_FILE", "/etc/lhts-secret/secret"));
        return [.. variables.Select(variable => Map(("name", variable.Name), ("value", variable.Value)))];
    }

    private static object Container(PodRun run, string name, string[] arguments, object[] environment, bool isTraining) => Map(
        ("name", name),
        ("image", run.Options.Image),
        ("args", arguments),
        ("workingDir", "/data"),
        ("env", environment),
        ("ports", isTraining ? Ports(run) : null),
        ("resources", Resources(run)),
        ("startupProbe", isTraining ? Probe(run, seconds: run.Recipe.Distributed.RendezvousTimeout + 60) : null),
        ("livenessProbe", isTraining ? Probe(run, seconds: 60) : null),
        ("securityContext", Map(
            ("allowPrivilegeEscalation", false), ("readOnlyRootFilesystem", true), ("runAsNonRoot", true), ("capabilities", Map(("drop", List("ALL")))))),
        ("volumeMounts", Mounts(run, isTraining)));

    private static object[] Ports(PodRun run)
    {
        var metrics = Enumerable.Range(0, run.Options.RanksPerNode)
            .Select(rank => Map(("name", $"metrics-{rank}"), ("containerPort", run.MetricsPortOf(rank))));
        return [.. metrics, .. run.IsMany ? [Map(("name", "rendezvous"), ("containerPort", PodRun.RendezvousPort))] : Array.Empty<object>()];
    }

    private static object Resources(PodRun run)
    {
        var gpus = run.Options.GpusPerNode;
        var (cores, memory) = gpus > 0 ? (4 * gpus, $"{32 * gpus}Gi") : (2, "8Gi");
        var gpu = gpus > 0 ? Text(gpus) : null;
        return Map(
            ("requests", Map(("cpu", Text(cores)), ("memory", memory), ("nvidia.com/gpu", gpu))), ("limits", Map(("memory", memory), ("nvidia.com/gpu", gpu))));
    }

    /// <summary>Asks the first rank of the pod, which answers as long as something goes on in it; docs/telemetry.md says what counts.</summary>
    private static object Probe(PodRun run, double seconds) => Map(
        ("httpGet", Map(("path", "/healthz"), ("port", "metrics-0"))),
        ("periodSeconds", ProbeSeconds), ("timeoutSeconds", 5), ("failureThreshold", (int)Math.Ceiling(seconds / ProbeSeconds)));

    private static object[] Mounts(PodRun run, bool isTraining)
    {
        var mounts = new List<object>
        {
            Map(("name", "recipe"), ("mountPath", "/etc/lhts"), ("readOnly", true)),
            Map(("name", "data"), ("mountPath", "/data"), ("readOnly", isTraining && run.Recipe.Data.Prepare is null ? true : null)),
            Map(("name", "tmp"), ("mountPath", "/tmp")),
        };
        if (isTraining) mounts.AddRange([Map(("name", "runs"), ("mountPath", "/runs")), Map(("name", "shm"), ("mountPath", "/dev/shm"))]);
        if (isTraining && run.IsMany) mounts.Add(Map(("name", "secret"), ("mountPath", "/etc/lhts-secret"), ("readOnly", true)));
        return [.. mounts];
    }

    private static object[] Volumes(PodRun run, bool isTraining)
    {
        var volumes = new List<object>
        {
            Map(("name", "recipe"), ("configMap", Map(("name", $"{run.Name}-recipe")))),
            Map(("name", "data"), ("persistentVolumeClaim", Map(("claimName", run.Options.DataClaim)))),
            Map(("name", "tmp"), ("emptyDir", Map(("sizeLimit", "4Gi")))),
        };
        if (isTraining)
        {
            volumes.Add(Map(("name", "runs"), ("persistentVolumeClaim", Map(("claimName", run.Options.RunsClaim)))));
            volumes.Add(Map(("name", "shm"), ("emptyDir", Map(("medium", "Memory"), ("sizeLimit", $"{run.Options.RanksPerNode}Gi")))));
        }

        if (isTraining && run.IsMany) volumes.Add(Map(("name", "secret"), ("secret", Map(("secretName", run.SecretName), ("defaultMode", 288))))); // 0440
        return [.. volumes];
    }

    private static object Pod(PodRun run, object container, bool isTraining) => Map(
        ("metadata", Map(("labels", run.Selector))),
        ("spec", Map(
            ("restartPolicy", "Never"),
            ("subdomain", run.IsMany && run.Options.Flavour == Flavour.Job ? run.Name : null),
            ("automountServiceAccountToken", false),
            ("enableServiceLinks", false),
            ("terminationGracePeriodSeconds", (int)Math.Ceiling(run.Recipe.Distributed.StopTimeout) + LastSeconds),
            ("securityContext", Map(
                ("runAsNonRoot", true), ("runAsUser", User), ("runAsGroup", User), ("fsGroup", User), ("fsGroupChangePolicy", "OnRootMismatch"),
                ("seccompProfile", Map(("type", "RuntimeDefault"))))),
            ("topologySpreadConstraints", run.IsMany ? List(Spread(run)) : null),
            ("containers", List(container)),
            ("volumes", Volumes(run, isTraining)))));

    /// <summary>One pod a node: two would share its network and its GPUs' bus.</summary>
    private static object Spread(PodRun run) => Map(
        ("maxSkew", 1), ("topologyKey", "kubernetes.io/hostname"), ("whenUnsatisfiable", "ScheduleAnyway"),
        ("labelSelector", Map(("matchLabels", run.Selector))));
}
