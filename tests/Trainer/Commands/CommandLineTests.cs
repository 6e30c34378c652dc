using System.CommandLine;
using Lhts.Trainer.Commands;

namespace Lhts.Trainer.Tests.Commands;

public sealed class CommandLineTests
{
    [Test]
    public void Commands_WithTheirArguments_AreThese()
    {
        string[] expected =
        [
            "calibrate <predictions> --bins --device --html --label-column --logits-column --model --seed",
            "data inspect <data> --samples --seed --text-column --tokenizer",
            "data prepare <source> --include --layout --output --prompt-field --row-bytes --row-group-rows --text-column --text-field",
            "data score <recipe> --device --output --set",
            "entropy <model> --device --html --logits --prompt --temperatures",
            "evaluate ablation <models> --checker --device --draws --html --json --long-horizon-temperatures --max-tokens --questions"
                + " --seed --task --temperatures",
            "evaluate analogies <models> --device --long-horizon-temperature --per-category --questions --samples --seed",
            "evaluate grid <run> --batch-size --device --long-horizon-temperatures --max-tokens --myopic-temperatures --samples --seed",
            "evaluate task <models> --best-of --checker --device --draws --fixed-length --long-horizon-temperatures --max-tokens --myopic-temperatures "
            + "--particles"
                + " --prompt-column --questions --seed --smc-temperatures --task --text-column",
            "export <model> --long-horizon-temperature --output",
            "help <command>",
            "k8s render <recipe> --flavour --gpus-per-node --image --nodes --secret",
            "recipe-schema",
            "report <runs> --output",
            "sample <model> --allow --ban --batch --block --count --device --explain --fixed-length --frequency-penalty --json --long-horizon-temperature"
                + " --max-tokens --method --min-p --particles --presence-penalty --prompt --prompts --proposal-temperature --repetition-penalty --runs"
                + " --schedule --seed --steps --stop --student --temperature --top-k --top-p --typical",
            "score <model> <input> --device --logits --long-horizon-temperature",
            "stop <run> --wait",
            "temperature <model> <text> --against --device --html --json --long-horizon-temperature",
            "tokenizer decode <tokenizer> <input>",
            "tokenizer encode <tokenizer> <input>",
            "tokenizer train <data> --output --text-column --vocabulary",
            "tokens anomalous <model> --count --device --json --prompt --seed",
            "train <recipe> --device --insecure --nproc --output --set",
            "validate <recipe> --device --output --set",
        ];
        Assert.That(Leaves(CommandLine.Build(), "").Order(StringComparer.Ordinal), Is.EqualTo(expected));
    }

    [TestCase("x")]
    [TestCase("-1")]
    [TestCase("1.5")]
    public void Count_OfProcesses_ThatIsNone_IsRefused(string count) => Assert.That(
        CommandLine.Build().Parse(["train", "r.yaml", "--nproc", count]).Errors.Select(error => error.Message),
        Is.EqualTo(new[] { $"--nproc is '{count}', but must be a whole number of at least 1." }));

    [TestCase("trian x", "'trian' is no command of 'lhts'; did you mean 'train'?")]
    [TestCase("data prepar x", "'prepar' is no command of 'lhts data'; did you mean 'prepare'?")]
    [TestCase("qqqqqqqq", "'qqqqqqqq' is no command of 'lhts'.")]
    [TestCase("train --nprc 2 x", "'--nprc' is no option of 'lhts train'; did you mean '--nproc'?")]
    [TestCase("score", "Required argument 'model' missing for command: 'score'.")]
    public void Mistake_InANameOrArgument_IsOneLineThatSuggests(string line, string fault) =>
        Assert.That(CommandLine.FaultsOf(CommandLine.Build().Parse(line.Split(' '))), Is.EqualTo(new[] { fault }));

    [TestCase("")]
    [TestCase("data")]
    [TestCase("help")]
    [TestCase("help data prepare")]
    public void Help_Asked_IsNoMistake(string line) =>
        Assert.That(CommandLine.FaultsOf(CommandLine.Build().Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries))), Is.Empty);

    [Test]
    public void Help_OfEveryCommand_DescribesEveryArgument() => Assert.Multiple(() =>
    {
        foreach (var symbol in Symbols(CommandLine.Build())) Assert.That(symbol.Description, Is.Not.Null.And.Not.Empty, symbol.Name);
    });

    private static IEnumerable<string> Leaves(Command command, string path)
    {
        if (command.Subcommands.Count > 0) return command.Subcommands.SelectMany(sub => Leaves(sub, $"{path}{sub.Name} "));
        var arguments = command.Arguments.Select(argument => $"<{argument.Name}>");
        var options = command.Options.Select(option => option.Name).Order(StringComparer.Ordinal);
        return [(path + string.Join(' ', arguments.Concat(options))).Trim()];
    }

    private static IEnumerable<Symbol> Symbols(Command command) =>
        command.Subcommands.SelectMany(Symbols).Concat(command.Arguments).Concat(command.Options).Append(command);
}
