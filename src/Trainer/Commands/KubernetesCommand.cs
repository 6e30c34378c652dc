using System.CommandLine;
using Lhts.Trainer.Kubernetes;
using Lhts.Trainer.Recipes;

namespace Lhts.Trainer.Commands;

/// <summary><c>lhts k8s …</c>.</summary>
internal static class KubernetesCommand
{
    private static readonly Argument<string> RecipeFile = new("recipe") { Description = "The recipe, a YAML file." };

    private static readonly Option<int> Nodes = new("--nodes") { Description = "Pods, one for each node. Default 1.", DefaultValueFactory = _ => 1 };

    private static readonly Option<int> Gpus = new("--gpus-per-node") { Description = "GPUs of each pod, each for one rank; 0 for the CPU. Default 0." };

    private static readonly Option<Flavour> Kind = new("--flavour")
    {
        Description = "What makes the pods: job, jobset, trainjob (Kubeflow Trainer v2), or dataprepare, which makes the data only. Default job.",
    };

    private static readonly Option<string> Image =
        new("--image") { Description = "The image. Default lhts:latest.", DefaultValueFactory = _ => new ManifestOptions().Image };

    private static readonly Option<string?> SecretName = new("--secret")
    {
        Description = "A Secret that is there, with the key 'secret', for pods of several nodes to know each other by. Default: one is made.",
    };

    public static Command Build()
    {
        var render = new Command("render", "Check a recipe and print the manifests of its run, for 'kubectl apply -f -'; see docs/kubernetes.md.")
        {
            RecipeFile, Nodes, Gpus, Kind, Image, SecretName,
        };
        render.SetAction(arguments =>
        {
            Console.Write(RunManifests.Render(RecipeReader.Read(arguments.GetRequiredValue(RecipeFile)), new ManifestOptions
            {
                Nodes = arguments.GetValue(Nodes),
                GpusPerNode = arguments.GetValue(Gpus),
                Flavour = arguments.GetValue(Kind),
                Image = arguments.GetValue(Image)!,
                SecretName = arguments.GetValue(SecretName),
            }));
            return ExitCode.Done;
        });
        return new Command("k8s", "Run on Kubernetes.") { render };
    }
}
