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
            "train <recipe> --device --insecure --nproc --output --set --start-over",
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

    [TestCase("data inspect p --samples -1", "--samples is -1, but must be from 0 to 1000000.")]
    [TestCase("data prepare t -o o --row-bytes 0", "--row-bytes is 0, but must be from 1 to 268435456.")]
    [TestCase("data prepare t -o o --row-group-rows 2147483647", "--row-group-rows is 2147483647, but must be from 1 to 2048.")]
    [TestCase("sample m --count 2147483647", "--count is 2147483647, but must be from 0 to 1000000.")]
    [TestCase("sample m --method power-smc --particles 1", "--particles is 1, but must be from 2 to 1000000.")]
    [TestCase("sample m --method power-smc --runs 2147483647", "--runs is 2147483647, but must be from 1 to 1000000.")]
    [TestCase("tokenizer train p -o t --vocabulary 256", "--vocabulary is 256, but must be from 257 to 16777216.")]
    [TestCase("evaluate task m -q q --draws 0", "--draws is 0, but must be from 1 to 1000000.")]
    [TestCase("evaluate task m -q q --best-of 2147483647", "--best-of is 2147483647, but must be from 0 to 1000000.")]
    [TestCase("evaluate task m -q q --questions 0", "--questions is 0, but must be from 1 to 2147483647.")]
    [TestCase("evaluate grid r --samples 0", "--samples is 0, but must be from 1 to 1000000.")]
    public void Number_OutOfItsBounds_IsOneLine(string line, string fault) =>
        Assert.That(CommandLine.FaultsOf(CommandLine.Build().Parse(line.Split(' '))), Is.EqualTo(new[] { fault }));

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
