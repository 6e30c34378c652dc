using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Lhts.Launching;
using Lhts.Trainer.Recipes;
using static Lhts.Trainer.Kubernetes.ManifestYaml;

namespace Lhts.Trainer.Kubernetes;

/// <summary>
/// The manifests of a run: the recipe as a ConfigMap, what lets its ranks find and trust each other, who may reach them, who scrapes them, and what makes the
/// pods. What runs share (claims, dashboards, alert rules) is in deploy/k8s/base.
/// </summary>
public static partial class RunManifests
{
    private const int MetricsPort = 9464;

    /// <summary>The manifests as YAML, for <c>kubectl apply -f -</c>.</summary>
    /// <param name="recipe">The recipe; its device, output and the address of its metrics are set to those of a pod.</param>
    /// <param name="options">The layout.</param>
    /// <exception cref="LaunchException">They cannot be; everything that is wrong is named.</exception>
    public static string Render(Recipe recipe, ManifestOptions options)
    {
        Check(recipe, options);
        var run = new PodRun(Placed(recipe, options), options);
        return Write(options.Flavour switch
        {
            Flavour.DataPrepare => [RecipeMap(run), Workloads.DataPrepare(run)],
            Flavour.Jobset => [.. Shared(run), Workloads.JobSet(run)],
            Flavour.Trainjob => [.. Shared(run), .. Workloads.TrainJob(run)],
            _ => [.. Shared(run), .. run.IsMany ? [Service(run)] : Array.Empty<object>(), Workloads.Job(run)],
        });
    }

    /// <summary>
    /// The recipe as the pods run it: metrics for all addresses of the pod, the run folder on the shared volume, a rank for each GPU or each pod.
    /// </summary>
    private static Recipe Placed(Recipe recipe, ManifestOptions options) => recipe with
    {
        Device = options.GpusPerNode > 0 ? "cuda" : "cpu",
        Output = $"/runs/{recipe.Name}",
        Distributed = recipe.Distributed with { Processes = 1 },
        Telemetry = recipe.Telemetry with
        {
            Address = "0.0.0.0",
            Port = recipe.Telemetry.Port is > 0 and var port ? port : MetricsPort,
            FinalScrapeSeconds = Math.Max(recipe.Telemetry.FinalScrapeSeconds, 3 * Access.ScrapeSeconds),
        },
    };

    private static void Check(Recipe recipe, ManifestOptions options)
    {
        var errors = new List<string>();
        var (bad, elastic) = (options.Nodes < 1 || options.GpusPerNode < 0, recipe.Distributed.Elastic);
        if (options.Nodes < 1) errors.Add($"--nodes is {options.Nodes}, but must be at least 1.");
        if (options.GpusPerNode is < 0 or > 16) errors.Add($"--gpus-per-node is {options.GpusPerNode}, but must be from 0 to 16.");
        if (!DnsLabel().IsMatch(recipe.Name))
        {
            errors.Add($"the run's name is '{recipe.Name}', but must be lower case letters, digits and '-', at most 40, to name its pods.");
        }

        if (options.Flavour == Flavour.DataPrepare && recipe.Data.Prepare is null) errors.Add("the recipe has no data.prepare; there is nothing to prepare.");
        var ranks = options.Nodes * options.RanksPerNode;
        if (!bad && elastic is not null && (ranks < elastic.Min || ranks > elastic.Max))
        {
            errors.Add($"{options.Nodes} nodes with {options.RanksPerNode} ranks bring {ranks}, "
                + $"but distributed.elastic allows {elastic.Min} to {elastic.Max}.");
        }

        if (errors.Count > 0) throw new LaunchException(errors);
    }

    private static IEnumerable<object> Shared(PodRun run)
    {
        yield return RecipeMap(run);
        if (run is { IsMany: true, Options.SecretName: null }) yield return NewSecret(run);
        yield return Access.NetworkPolicy(run);
        yield return Access.PodMonitor(run);
    }

    private static object RecipeMap(PodRun run) => Map(
        ("apiVersion", "v1"), ("kind", "ConfigMap"), ("metadata", run.Metadata($"{run.Name}-recipe")),
        ("data", Map(("recipe.yaml", RecipeReader.Write(run.Recipe)))));

    private static object NewSecret(PodRun run) => Map(
        ("apiVersion", "v1"), ("kind", "Secret"), ("metadata", run.Metadata(run.SecretName)), ("type", "Opaque"),
        ("stringData", Map(("secret", RandomNumberGenerator.GetHexString(64, lowercase: true)))));

    /// <summary>Gives each pod of an indexed Job a name; published before the pods are ready, since they need it to become so.</summary>
    private static object Service(PodRun run) => Map(
        ("apiVersion", "v1"), ("kind", "Service"), ("metadata", run.Metadata(run.Name)),
        ("spec", Map(
            ("clusterIP", "None"), ("publishNotReadyAddresses", true), ("selector", run.Selector),
            ("ports", List(Map(("name", "rendezvous"), ("port", PodRun.RendezvousPort)))))));

    [GeneratedRegex("^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$")]
    private static partial Regex DnsLabel();
}
