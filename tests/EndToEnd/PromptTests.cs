using System.Text.Json;
using Lhts.Data.Parquet;
using Lhts.Data.Tokenizers;
using Lhts.Evaluation;
using Lhts.Evaluation.Tasks;
using Lhts.Models.Gpt;
using Lhts.Trainer;

namespace Lhts.EndToEnd.Tests;

/// <summary>Training on prompts and answers, and asking for more of them.</summary>
[NonParallelizable]
public sealed class PromptTests
{
    private const string Task = ", task: {myopicTemperatures: [1.0, 0.5], smcTemperatures: [0.5], particles: 4, bestOf: 4}";

    private TinyRun run = null!;

    [SetUp]
    public void Make() => run = new TinyRun();

    [TearDown]
    public void Remove() => run.Dispose();

    [Test]
    public void Task_AtTheEndOfARunAndByItself_FindsTheSame()
    {
        File.WriteAllText(run.RecipePath, Recipe("{source: arithmetic-chains, chains: {operations: 2, modulus: 5, demonstrations: 300, heldOut: 12}}"));
        var trained = run.Run("train", "recipe.yaml");
        Assert.That(trained.ExitCode, Is.EqualTo(ExitCode.Done), trained.Errors);
        Assert.That(trained.Output, Does.Contain("best of 4 by log p").And.Contain("distinct right"));
        var table = TaskTable.FromJson(File.ReadAllText(run.PathOf("run", "evaluation", "task.json")));
        Assert.That(table.Rows.Select(row => row.Scores.Count), Is.All.EqualTo(12));

        var asked = run.Run(
            "evaluate", "task", "run", "--task", "parquet-heldout", "-m", "1", "0.5", "-S", "0.5", "--particles", "4", "--best-of", "4", "-T", "0.5");
        Assert.That(asked.ExitCode, Is.EqualTo(ExitCode.Done), asked.Errors);
        var again = TaskTable.FromJson(File.ReadAllText(run.PathOf("run", "evaluation", "task.json")));
        Assert.That(again.ToText(), Is.EqualTo(table.ToText()), "the same seed and methods");
    }

    [Test]
    public void Reference_OfDataWithPrompts_IsTheMeanOverThem()
    {
        var recipe = Recipe("{source: arithmetic-chains, chains: {operations: 2, modulus: 3, demonstrations: 300, heldOut: 5}}")
            .Replace(Task, ", task: {}, reference: {particles: 200, runs: 4}").Replace("temperatures: 0.5", "temperatures: 0.5, lengths: fixed")
                .Replace("samples: 8", "samples: 5");
        File.WriteAllText(run.RecipePath, recipe);
        var trained = run.Run("train", "recipe.yaml");
        Assert.That(trained.ExitCode, Is.EqualTo(ExitCode.Done), trained.Errors);

        var table = TradeOffTable.FromJson(File.ReadAllText(run.PathOf("run", "evaluation", "table.json")));
        var measured = table.References.Single().LogPartition;
        Assert.That(measured.Value, Is.EqualTo(MeanLogPartition(temperature: 0.5)).Within(0.02), "log Z_T of one prompt differs from another's by more");
        Assert.That(measured.StandardError, Is.InRange(0, 0.02));
    }

    [Test]
    public void Student_OfDataWithPrompts_IsTheJointOfEachPrompt()
    {
        const double T = 0.6;
        var recipe = Recipe("{source: arithmetic-chains, chains: {operations: 2, modulus: 3, demonstrations: 300, heldOut: 5}}")
            .Replace(Task, "").Replace("samples: 8", "samples: 5").Replace("steps: 20, sequencesPerStep: 8", "steps: 150, sequencesPerStep: 16")
            .Replace("temperatures: 0.5, training: {steps: 2, sequencesPerStep: 8}",
                "temperatures: 0.6, lengths: fixed, source: student, objective: {kind: soft-policy}, "
                + "training: {steps: 300, sequencesPerStep: 128, learningRate: 2e-3, warmupSteps: 10, schedule: cooldown, beta2: 0.98}");
        File.WriteAllText(run.RecipePath, recipe);
        var trained = run.Run("train", "recipe.yaml");
        Assert.That(trained.ExitCode, Is.EqualTo(ExitCode.Done), trained.Errors);

        using var heldOut = DataSet.Open(new DataOptions { Path = run.PathOf("parquet-heldout"), PromptColumn = "prompt" });
        string[] prompts = [.. heldOut.ReadPrompts().Select(row => row.Prompt)];
        var target = prompts.Select(prompt => LogProbs("teacher", prompt, 1 / T)).ToArray();
        var student = prompts.Select(prompt => LogProbs("student", prompt, 1)).ToArray();
        var myopic = prompts.Select(prompt => LogProbs("teacher", prompt, 1, myopicTemperature: T)).ToArray();
        var (divergence, ofMyopic) = (MeanDivergence(student, target), MeanDivergence(myopic, target));
        TestContext.Out.WriteLine($"KL {divergence:G3}, of the myopic temperature {ofMyopic:G3}");
        Assert.That(divergence, Is.LessThan(0.001));
        Assert.That(ofMyopic, Is.GreaterThan(0.01), "the two differ, or there is nothing to learn");
    }

    /// <summary>The log-probability of every answer to a prompt under a model of the run, to a power and normalised.</summary>
    private double[] LogProbs(string stage, string prompt, double power, double myopicTemperature = 1)
    {
        var tokenizer = TokenizerLoader.Load(run.PathOf("run", "tokenizer"));
        using var model = Gpt2Checkpoint.Load(run.PathOf("run", stage, "model"));
        model.BannedTokens = new HashSet<int> { tokenizer.EndOfText };
        int[] start = [tokenizer.EndOfText, .. tokenizer.Encode(prompt)];
        var answers = Continuations(10 - start.Length, [.. Enumerable.Range(0, tokenizer.VocabularySize).Except([tokenizer.EndOfText])]);
        var scores = new SequenceScorer(model) { MyopicTemperature = myopicTemperature }.Score([.. answers.Select(answer => (int[])[.. start, .. answer])]);
        double[] logs = [.. scores.Select(score => power * score.LogProbs.Skip(start.Length - 1).Sum(value => (double)value))];
        var logZ = Math.Log(logs.Sum(Math.Exp));
        return [.. logs.Select(value => value - logZ)];
    }

    private static double MeanDivergence(double[][] q, double[][] p) =>
        q.Zip(p, (own, target) => own.Zip(target, (a, b) => Math.Exp(a) * (a - b)).Sum()).Average();

    /// <summary>The mean over the held-out prompts of log sum_x p(x | prompt)^(1/T), by going through all answers.</summary>
    private double MeanLogPartition(double temperature)
    {
        var tokenizer = TokenizerLoader.Load(run.PathOf("run", "tokenizer"));
        using var teacher = Gpt2Checkpoint.Load(run.PathOf("run", "teacher", "model"));
        teacher.BannedTokens = new HashSet<int> { tokenizer.EndOfText };
        using var heldOut = DataSet.Open(new DataOptions { Path = run.PathOf("parquet-heldout"), PromptColumn = "prompt" });
        return heldOut.ReadPrompts().Average(row =>
        {
            int[] prompt = [tokenizer.EndOfText, .. tokenizer.Encode(row.Prompt)];
            var answers = Continuations(10 - prompt.Length, [.. Enumerable.Range(0, tokenizer.VocabularySize).Except([tokenizer.EndOfText])]);
            var scores = new SequenceScorer(teacher).Score([.. answers.Select(answer => (int[])[.. prompt, .. answer])]);
            return Math.Log(scores.Sum(score => Math.Exp(score.LogProbs.Skip(prompt.Length - 1).Sum() / temperature)));
        });
    }

    private static IEnumerable<int[]> Continuations(int length, int[] tokens) =>
        length == 0 ? [[]] : Continuations(length - 1, tokens).SelectMany(before => tokens.Select(token => (int[])[.. before, token]));

    [TestCase("""{"q": "1", "text": "2"}""", "{source: in.jsonl, promptField: prompt}", "'in.jsonl' line 1", "has no member \"prompt\"")]
    [TestCase("""{"prompt": "", "text": "2"}""", "{source: in.jsonl, promptField: prompt}", "row 0", "the prompt is empty")]
    [TestCase("""{"prompt": "1 2 3 4 5 6 7 8 9", "text": "2"}""", "{source: in.jsonl, promptField: prompt}", "row 0", "which leaves none to continue it")]
    [TestCase("""{"prompt": "1", "text": "2"}""", "{source: in.jsonl}", "has no column 'prompt'", "set the prompt column")]
    public void BadPrompts_EndInOneMessage(string line, string prepare, params string[] expected)
    {
        File.WriteAllText(run.PathOf("in.jsonl"), line + "\n");
        File.WriteAllText(run.RecipePath, Recipe(prepare).Replace(Task, ""));
        var result = run.Run("train", "recipe.yaml");
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.BadInput), result.Errors);
        foreach (var part in expected) Assert.That(result.Errors, Does.Contain(part));
        Assert.That(result.Errors, Does.Not.Contain("   at "));
    }

    [TestCase("--checker", "nothing", "There is no checker 'nothing'. Choose choice, countdown, exact, last-number.")]
    [TestCase("--questions", "1", "is nowhere")]
    public void BadTask_EndsInOneMessage(string option, string value, string expected)
    {
        var task = expected == "is nowhere" ? "nowhere" : "task.jsonl";
        File.WriteAllText(run.PathOf("task.jsonl"), JsonSerializer.Serialize(new { prompt = "1", answer = "2" }));
        var result = run.Run("evaluate", "task", "run", "--task", task, option, value);
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.BadInput));
        Assert.That(result.Errors, Does.Contain(expected == "is nowhere" ? "nowhere" : expected));
    }

    private static string Recipe(string prepare) => $$"""
        name: tiny
        output: run
        threads: 1
        data: {path: parquet, prepare: {{prepare}}, promptColumn: prompt, endWithEndOfText: false, contextLength: 10}
        tokenizer: {kind: words}
        teacher: {model: {layers: 1, heads: 2, width: 16}, training: {steps: 20, sequencesPerStep: 8, learningRate: 3e-3, warmupSteps: 5} }
        student: {temperatures: 0.5, training: {steps: 2, sequencesPerStep: 8} }
        evaluation: {samples: 8, teacherTemperatures: [1.0]{{Task}} }
        """;
}
