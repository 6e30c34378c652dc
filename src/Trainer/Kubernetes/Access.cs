using static Lhts.Trainer.Kubernetes.ManifestYaml;

namespace Lhts.Trainer.Kubernetes;

/// <summary>Who may reach the pods of a run.</summary>
internal static class Access
{
    /// <summary>Seconds between two scrapes.</summary>
    public const int ScrapeSeconds = 10;

    /// <summary>The run's pods reach each other and the cluster's names, Prometheus reaches their metrics, and nobody reaches anything else.</summary>
    public static object NetworkPolicy(PodRun run)
    {
        var each = Map(("podSelector", Map(("matchLabels", run.Selector))));
        var ports = Enumerable.Range(0, run.Options.RanksPerNode).Select(rank => (object)Map(("protocol", "TCP"), ("port", run.MetricsPortOf(rank)))).ToArray();
        var monitoring = Map(("namespaceSelector", Map(("matchLabels", Map(("kubernetes.io/metadata.name", "monitoring"))))));
        var names = List(Map(("protocol", "UDP"), ("port", 53)), Map(("protocol", "TCP"), ("port", 53)));
        return Map(
            ("apiVersion", "networking.k8s.io/v1"), ("kind", "NetworkPolicy"), ("metadata", run.Metadata(run.Name)),
            ("spec", Map(
                ("podSelector", Map(("matchLabels", run.Selector))),
                ("policyTypes", List("Ingress", "Egress")),
                ("ingress", List(Map(("from", List(each))), Map(("from", List(monitoring)), ("ports", ports)))),
                ("egress", List(Map(("to", List(each))), Map(("to", List(Map(("namespaceSelector", Map())))), ("ports", names)))))));
    }

    /// <summary>Tells the Prometheus operator to scrape every rank.</summary>
    public static object PodMonitor(PodRun run) => Map(
        ("apiVersion", "monitoring.coreos.com/v1"), ("kind", "PodMonitor"),
        ("metadata", Map(("name", run.Name), ("labels", Labels(run)))),
        ("spec", Map(
            ("selector", Map(("matchLabels", run.Selector))),
            ("podMetricsEndpoints", Enumerable.Range(0, run.Options.RanksPerNode)
                .Select(rank => (object)Map(("port", $"metrics-{rank}"), ("interval", $"{ScrapeSeconds}s"))).ToArray()))));

    /// <summary>With the label by which kube-prometheus-stack selects what it reads.</summary>
    private static Dictionary<string, object> Labels(PodRun run) => new(run.Selector) { ["release"] = "kube-prometheus-stack" };
}
