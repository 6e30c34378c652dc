using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Recipes.Yaml;

namespace Lhts.Trainer.Commands;

/// <summary>The commands of <c>lhts</c>.</summary>
public static class CommandLine
{
    private static readonly InvocationConfiguration Plain = new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };

    /// <summary>The whole tree of commands.</summary>
    public static RootCommand Build()
    {
        var root = new RootCommand("Trains language models towards a long-horizon temperature (LHTS, arXiv 2302.03686).")
        {
            TrainCommand.Build(),
            StopCommand.Build(),
            KubernetesCommand.Build(),
            ValidateCommand.Build(),
            SampleCommand.Build(),
            ScoreCommand.Build(),
            TemperatureCommand.Build(),
            EntropyCommand.Build(),
            CalibrateCommand.Build(),
            ExportCommand.Build(),
            EvaluateCommand.Build(),
            ReportCommand.Build(),
            DataCommand.Build(),
            TokenizerCommand.Build(),
            TokensCommand.Build(),
        };
        root.Add(BuildHelp());
        root.Add(BuildSchema());
        AnswerWithHelp(root);
        return root;
    }

    /// <summary>Runs a command line. What cannot be understood is said on standard error.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var parsed = Build().Parse(arguments);
        if (parsed.Errors.Count == 0) return await parsed.InvokeAsync(Plain);
        foreach (var error in FaultsOf(parsed)) Console.Error.WriteLine($"lhts: {error}");
        Console.Error.WriteLine("lhts: 'lhts --help' lists the commands and their arguments.");
        return ExitCode.BadInput;
    }

    /// <summary>What is wrong with a command line: with a name that is none, what was meant; then nothing of what follows from it.</summary>
    internal static IReadOnlyList<string> FaultsOf(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var option = parsed.Tokens.FirstOrDefault(token => token.Type == TokenType.Argument && token.Value.StartsWith("--", StringComparison.Ordinal))?.Value;
        if ((option ?? parsed.UnmatchedTokens.FirstOrDefault()) is not { } token) return [.. parsed.Errors.Select(error => error.Message)];
        var isOption = option is not null;
        if (!isOption && command.Subcommands.Count == 0) return [.. parsed.Errors.Select(error => error.Message)];
        var names = isOption ? command.Options.Select(option => option.Name) : command.Subcommands.Where(sub => !sub.Hidden).Select(sub => sub.Name);
        var hint = Nearest.Find(token, names) is { } nearest ? $"; did you mean '{nearest}'?" : ".";
        return [$"'{token}' is no {(isOption ? "option" : "command")} of '{PathOf(parsed.CommandResult)}'{hint}"];
    }

    /// <summary>A command that only has others below it prints its help.</summary>
    private static void AnswerWithHelp(Command command)
    {
        if (command.Subcommands.Count > 0) command.SetAction(parsed => new HelpAction().Invoke(parsed));
        foreach (var sub in command.Subcommands) AnswerWithHelp(sub);
    }

    private static Command BuildHelp()
    {
        var about = new Argument<string[]>(
            "command") { Description = "The command to describe. Default: all of them, in a line each.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("help", "Describe a command and its arguments.") { about };
        command.SetAction((arguments, _) =>
        {
            var names = arguments.GetRequiredValue(about);
            var isCommand = Build().Parse(names) is { UnmatchedTokens.Count: 0 } or { CommandResult.Command.Subcommands.Count: 0 };
            return RunAsync(isCommand ? [.. names, "--help"] : names);
        });
        return command;
    }

    /// <summary>For those who change recipes' keys: <c>lhts recipe-schema > recipes/recipe.schema.json</c>.</summary>
    private static Command BuildSchema()
    {
        var command = new Command("recipe-schema", "Print the JSON schema of recipes, recipes/recipe.schema.json.") { Hidden = true };
        command.SetAction(_ =>
        {
            Console.Write(RecipeSchema.Text());
            return ExitCode.Done;
        });
        return command;
    }

    private static string PathOf(CommandResult? command) =>
        command?.Parent is CommandResult parent ? $"{PathOf(parent)} {command.Command.Name}" : "lhts";
}
