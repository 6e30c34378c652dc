using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Lhts.Trainer.Hosting;
using Lhts.Launching;
using Lhts.Launching.Processes;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Recipes.Yaml;

namespace Lhts.Trainer.Commands;

/// <summary><c>lhts train RECIPE</c>.</summary>
internal static class TrainCommand
{
    public static Command Build()
    {
        var recipe = new RecipeArguments();
        var numProcesses = new Option<int?>("--nproc")
        {
            Description = "Start so many processes of this host, each a rank with a GPU or a share of the cores of its own; see docs/distributed.md. "
                + "Default: this process alone, or where WORLD_SIZE says that there are others, one.",
            CustomParser = ReadCount,
        };
        var insecure = new Option<bool>("--insecure")
        {
            Description =
                "Let agents of several hosts meet without a shared secret (LHTS_SECRET_FILE or LHTS_SECRET); only where nobody else can reach the port.",
        };
        var startOver = new Option<bool>("--start-over")
        {
            Description =
                "Where all checkpoints of a stage are damaged, make its steps again from the first one. Default: that ends the run, with exit code 2.",
        };
        var command = new Command(
            "train",
            "Run a recipe: prepare the data, train the teacher, fine-tune the student, evaluate. Stages whose results are there are skipped; "
            + "a run that was stopped (Ctrl-C, SIGTERM, a lost connection: exit code 3) goes on with the same command, or with its folder in place of the "
            + "recipe.");
        recipe.AddTo(command);
        command.Add(numProcesses);
        command.Add(insecure);
        command.Add(startOver);
        command.SetAction((arguments, cancellation) =>
        {
            var read = recipe.Open(arguments);
            var options = RunLaunch.Of(read.Value) with { Insecure = arguments.GetValue(insecure) };
            var start = new RunStart(arguments.GetValue(startOver));
            return RunAsync(read, options, arguments.GetValue(numProcesses), start, cancellation);
        });
        return command;
    }

    private static int? ReadCount(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)) return count;
        result.AddError($"--nproc is '{text}', but must be a whole number of at least 1.");
        return null;
    }

    private static Task<int> RunAsync(BoundRecipe<Recipe> recipe, LaunchOptions options, int? numProcesses, RunStart start, CancellationToken cancellation)
    {
        if (LaunchPlan.Read(options, numProcesses, Environment.GetEnvironmentVariable) is { } settings)
        {
            return AgentHost.RunAsync(settings, WorkerCommand.OfThisProcess(), Consoles.OfThisProcess(), TimeProvider.System, cancellation);
        }

        Prerequisites.Check(recipe, RankEnvironment.Read().DeviceOf(recipe.Value.Device));
        return TrainingHost.RunAsync(recipe.Value, start, cancellation);
    }
}
