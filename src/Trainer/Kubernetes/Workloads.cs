using Lhts.Launching;
using static Lhts.Trainer.Kubernetes.ManifestYaml;

namespace Lhts.Trainer.Kubernetes;

/// <summary>What makes the pods.</summary>
internal static class Workloads
{
    /// <summary>Times that pods may fail for reasons of their own. An eviction is none.</summary>
    private const int BackoffLimit = 6;

    private const int KeptSeconds = 86400;

    /// <summary>A Job; indexed, so that its pods have numbers and names.</summary>
    public static object Job(PodRun run) => Map(
        ("apiVersion", "batch/v1"), ("kind", "Job"), ("metadata", run.Metadata(run.Name)),
        ("spec", JobSpec(run, PodTemplate.Training(run, "trainer", isPlacedByUs: true), isWhole: true)));

    /// <summary>A Job of one pod that makes the data.</summary>
    public static object DataPrepare(PodRun run) => Map(
        ("apiVersion", "batch/v1"), ("kind", "Job"), ("metadata", run.Metadata($"{run.Name}-data")),
        ("spec", Map(
            ("backoffLimit", 2), ("activeDeadlineSeconds", run.Options.Deadline), ("ttlSecondsAfterFinished", KeptSeconds),
            ("podReplacementPolicy", "Failed"), ("podFailurePolicy", FailurePolicy("prepare")), ("template", PodTemplate.Preparing(run)))));

    /// <summary>A JobSet: when its Job has failed for good, it starts all pods again, as often as the recipe's maxRestarts.</summary>
    public static object JobSet(PodRun run) => Map(
        ("apiVersion", "jobset.x-k8s.io/v1alpha2"), ("kind", "JobSet"), ("metadata", run.Metadata(run.Name)),
        ("spec", Map(
            ("network", Map(("enableDNSHostnames", true), ("publishNotReadyAddresses", true))),
            ("failurePolicy", Map(("maxRestarts", run.Recipe.Distributed.MaxRestarts))),
            ("ttlSecondsAfterFinished", KeptSeconds),
            ("replicatedJobs", List(Map(
                ("name", "trainer"), ("replicas", 1),
                ("template", Map(("spec", JobSpec(run, PodTemplate.Training(run, "trainer", isPlacedByUs: true), isWhole: false))))))))));

    /// <summary>A TrainJob with a runtime of its own. Kubeflow tells the pods their places by <c>PET_*</c>.</summary>
    public static IEnumerable<object> TrainJob(PodRun run)
    {
        var template = Map(
            ("metadata", Map(("labels", Map(("trainer.kubeflow.org/trainjob-ancestor-step", "trainer"))))),
            ("spec", JobSpec(run, PodTemplate.Training(run, "node", isPlacedByUs: false), isWhole: false)));
        yield return Map(
            ("apiVersion", "trainer.kubeflow.org/v1alpha1"), ("kind", "TrainingRuntime"), ("metadata", run.Metadata($"{run.Name}-runtime")),
            ("spec", Map(
                ("mlPolicy", Map(("numNodes", run.Options.Nodes), ("torch", Map()))),
                ("template", Map(("spec", Map(("replicatedJobs", List(Map(("name", "node"), ("template", template)))))))))));
        yield return Map(
            ("apiVersion", "trainer.kubeflow.org/v1alpha1"), ("kind", "TrainJob"), ("metadata", run.Metadata(run.Name)),
            ("spec", Map(
                ("runtimeRef", Map(("apiGroup", "trainer.kubeflow.org"), ("kind", "TrainingRuntime"), ("name", $"{run.Name}-runtime"))),
                ("activeDeadlineSeconds", run.Options.Deadline),
                ("trainer", Map(("numNodes", run.Options.Nodes), ("numProcPerNode", run.Options.RanksPerNode))))));
    }

    /// <param name="run">The run.</param>
    /// <param name="pod">Its pod template.</param>
    /// <param name="isWhole">Whether the Job is the run; else it is a part of something that counts pods and cleans up itself.</param>
    private static object JobSpec(PodRun run, object pod, bool isWhole) => Map(
        ("completionMode", "Indexed"),
        ("completions", run.Options.Flavour == Flavour.Trainjob ? null : run.Options.Nodes),
        ("parallelism", run.Options.Flavour == Flavour.Trainjob ? null : run.Options.Nodes),
        ("backoffLimit", BackoffLimit),
        ("activeDeadlineSeconds", run.Options.Flavour == Flavour.Trainjob ? null : run.Options.Deadline),
        ("ttlSecondsAfterFinished", isWhole ? KeptSeconds : null),
        ("podReplacementPolicy", "Failed"),
        ("podFailurePolicy", FailurePolicy(run.Options.Flavour == Flavour.Trainjob ? "node" : "trainer")),
        ("template", pod));

    /// <summary>
    /// Bad input ends the run at once; a pod that was evicted or that left in order (exit code 3) is replaced and not counted; all else counts as a failure.
    /// </summary>
    private static object FailurePolicy(string container) => Map(("rules", List(
        Map(("action", "FailJob"), ("onExitCodes", OnExit(container, ExitCode.BadInput))),
        Map(("action", "Ignore"), ("onExitCodes", OnExit(container, ExitCode.Stopped))),
        Map(("action", "Ignore"), ("onPodConditions", List(Map(("type", "DisruptionTarget"), ("status", "True"))))))));

    private static object OnExit(string container, int code) => Map(("containerName", container), ("operator", "In"), ("values", List(code)));
}
