using Lhts.Trainer.Conditioning;
using Lhts.Trainer.Objectives;
using Lhts.Trainer.Recipes.Yaml;
using Lhts.Trainer.Sources;

namespace Lhts.Trainer.Recipes;

/// <summary>Reads recipes and checks their values.</summary>
public static class RecipeReader
{
    private static readonly string Conditions = Join(ConditioningKinds.All.Kinds.Keys.Where(name => name != "none"));

    /// <summary>With the most sequences of a step it is still a number of sequences that 64 bits hold.</summary>
    private const double MaxSteps = 1e12;

    private const double MaxSamples = 1e6;

    /// <summary>Reads a recipe.</summary>
    /// <param name="path">The file.</param>
    /// <param name="overrides">Values of the command line, in place of the file's.</param>
    /// <exception cref="RecipeException">Something in it is wrong; all of it is named.</exception>
    public static Recipe Read(string path, params IReadOnlyList<YamlOverride> overrides) => Open(path, overrides).Value;

    /// <summary>The same, with the places of its values.</summary>
    /// <exception cref="RecipeException">Something in it is wrong; all of it is named.</exception>
    public static BoundRecipe<Recipe> Open(string path, params IReadOnlyList<YamlOverride> overrides) =>
        RecipePaths.Find(Check(YamlBinder.CollectFile<Recipe>(path, overrides, RecipeForm.Form)));

    /// <summary>Reads a recipe from text.</summary>
    /// <param name="text">The YAML.</param>
    /// <param name="file">The name for messages.</param>
    /// <param name="overrides">Values of the command line, in place of the text's.</param>
    /// <exception cref="RecipeException">Something in it is wrong; all of it is named.</exception>
    public static Recipe Parse(string text, string file, params IReadOnlyList<YamlOverride> overrides) =>
        Check(YamlBinder.Collect<Recipe>(text, file, overrides, RecipeForm.Form)).Value;

    /// <summary>Writes a recipe (or a part of one) with every value, defaults included.</summary>
    public static string Write(object recipe) => YamlWriter.Write(recipe, RecipeForm.Form);

    private static BoundRecipe<Recipe> Check(BoundRecipe<Recipe> bound)
    {
        var recipe = bound.Value;
        var validator = bound.Validate();
        validator.Check(IsFolderName(recipe.Name), "name", recipe.Name, "a name for a folder of at most 100 characters", "use letters, digits and dashes");
        CheckPath(validator, "output", recipe.Output, "name the run folder, or leave it out");
        validator.Check(Devices.IsName(recipe.Device), "device", recipe.Device, "cpu, cuda or cuda:INDEX", "name a device");
        validator.Within("threads", recipe.Threads, 0, 4096, "give a number of threads, or 0 for all");
        CheckData(validator.In("data"), recipe.Data);
        CheckTokenizer(validator.In("tokenizer"), recipe.Tokenizer);
        CheckPath(validator, "teacher.load", recipe.Teacher.Load, "name a folder in Hugging Face's GPT-2 layout, or leave it out");
        if (recipe.Teacher.Load is null) CheckTeacher(validator.In("teacher"), recipe);
        CheckStudent(validator.In("student"), recipe.Student);
        PromptChecks.Check(validator, recipe);
        if (recipe.Teacher.Scores is not null) CheckScores(validator, recipe);
        CheckEvaluation(validator.In("evaluation"), recipe.Evaluation);
        validator.Within("checkpoint.everySteps", recipe.Checkpoint.EverySteps, 1, MaxSteps, "give a number of steps");
        validator.Within("checkpoint.keep", recipe.Checkpoint.Keep, 1, 1e6, "keep one at least");
        validator.Within("telemetry.port", recipe.Telemetry.Port ?? 0, 0, 65535, "give a free port, or 0 for any");
        validator.Check(
            recipe.Telemetry.Address == "localhost"
                || (recipe.Telemetry.Address.AsSpan().ContainsAny('.', ':') && System.Net.IPAddress.TryParse(recipe.Telemetry.Address, out _)),
            "telemetry.address", recipe.Telemetry.Address, "an IP address or localhost", "use 127.0.0.1 for this machine only, or 0.0.0.0 for all");
        validator.Seconds("telemetry.maxStepAge", recipe.Telemetry.MaxStepAge);
        validator.Within("telemetry.finalScrapeSeconds", recipe.Telemetry.FinalScrapeSeconds, 0, 3600, "use two scrape intervals, e.g. 30, or 0");
        validator.Check(
            recipe.Telemetry.OtlpEndpoint is not { } endpoint
                || (Uri.TryCreate(endpoint, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"),
            "telemetry.otlpEndpoint", recipe.Telemetry.OtlpEndpoint, "an address", "write it as http://HOST:4317");
        CheckDistributed(validator.In("distributed"), recipe.Distributed);
        validator.ThrowIfAny();
        return bound;
    }

    private static bool IsFolderName(string name) =>
        name.Length is > 0 and <= 100 && !string.IsNullOrWhiteSpace(name) && name is not ("." or "..") && !name.Any(char.IsControl)
        && name.IndexOfAny(Path.GetInvalidFileNameChars()) < 0;

    private static void CheckPath(Validator validator, string path, string? value, string remedy) =>
        validator.Check(value is null || (!string.IsNullOrWhiteSpace(value) && !value.Any(char.IsControl)), path, value, "a path", remedy);

    private static void CheckData(Validator validator, DataRecipe data)
    {
        CheckPath(validator, "path", data.Path, "name a Parquet file, folder or glob");
        validator.Check(data.TextColumn.Length > 0, "textColumn", data.TextColumn, "a column's name", "use e.g. text");
        validator.Check(data.ContextLength >= 2, "contextLength", data.ContextLength, "at least 2", "a sequence needs a token to predict and one before it");
        validator.Check(data.ContextLength <= 1 << 20, "contextLength", data.ContextLength, "at most 1048576", "use e.g. 1024");
        validator.Within("shuffleWindow", data.ShuffleWindow, 1, 65536, "use e.g. 8");
        validator.Within("tokensPerMicroBatch", data.TokensPerMicroBatch, 1, 1 << 24, "use e.g. 16384");
        if (data.Prepare is not { } prepare) return;
        CheckPath(validator, "prepare.source", prepare.Source, "name a file or folder, or king-james");
        validator.Check(prepare.TextField.Length > 0, "prepare.textField", prepare.TextField, "a member's name", "use e.g. text");
        validator.Within("prepare.rowGroupRows", prepare.RowGroupRows, 1, 2048, "use e.g. 1024");
        validator.Within("prepare.rowBytes", prepare.RowBytes, 1, 1 << 28, "use e.g. 65536");
    }

    private static void CheckTokenizer(Validator validator, TokenizerRecipe tokenizer)
    {
        CheckPath(validator, "load", tokenizer.Load, "name a folder with a tokenizer, or leave it out");
        validator.Check(
            tokenizer.Alphabet is not { } alphabet || (alphabet.Length > 0 && !alphabet.EnumerateRunes().Contains(System.Text.Rune.ReplacementChar)),
            "alphabet", tokenizer.Alphabet, "text of at least one character", "write the characters, or leave it out for those of the data");
    }

    private static void CheckTeacher(Validator validator, Recipe recipe)
    {
        var model = recipe.Teacher.Model;
        validator.Within("model.layers", model.Layers, 1, 1024, "use e.g. 4");
        validator.Within("model.heads", model.Heads, 1, 1024, "use e.g. 4");
        validator.Check(
            model.Width is >= 1 and <= 65536 && model.Heads >= 1 && model.Width % model.Heads == 0,
            "model.width", model.Width, $"a multiple of the {model.Heads} heads, at most 65536", "change the width or the heads", "model.heads");
        validator.Check(
            model.InitializerRange is > 0 and <= 1, "model.initializerRange", model.InitializerRange, "above 0 and at most 1", "use 0.02, or 1 / sqrt(width)");
        validator.Check(model.Dropout is >= 0 and < 1, "model.dropout", model.Dropout, "at least 0 and below 1", "use e.g. 0.1");
        CheckOptimization(validator.In("training"), recipe.Teacher.Training);
    }

    private static void CheckStudent(Validator validator, StudentRecipe student)
    {
        var temperatures = student.Temperatures;
        validator.Check(temperatures.Min is >= 1e-3 and <= 1e3, "temperatures", temperatures.Min, "above 0: from 0.001 to 1000", "use e.g. 0.9");
        if (temperatures.Min <= temperatures.Max) validator.Check(temperatures.Max <= 1e3, "temperatures", temperatures.Max, "at most 1000", "use e.g. 0.9");
        validator.Check(temperatures.Min <= temperatures.Max, "temperatures", temperatures.Min, $"at most max, which is {temperatures.Max}", "swap the two");
        var objective = ObjectiveKinds.All.NameOf(student.Objective);
        if (!student.Objective.HasTemperature) validator.Unused("temperatures", $"belongs to objectives with a temperature, not to {objective}");
        if (!student.Objective.HasCondition) validator.Unused("conditioning", $"belongs to objectives with a condition, not to {objective}");
        validator.Check(
            student.Conditioning is not NoConditioningRecipe || temperatures.IsSingle,
            "conditioning", new KindName("none"), $"{Conditions} for several temperatures", "leave it out");
        validator.Check(
            student.Objective.BestTag is null || student.Conditioning is not NoConditioningRecipe,
            "conditioning", new KindName("none"), $"{Conditions} for objective {objective}, whose tags it tells", "leave it out");
        validator.Check(
            student.Objective is not PairwiseRecipe || temperatures.Values is not null || temperatures.IsSingle,
            "temperatures", "a range", "one temperature or a list for objective pairwise, whose pairs have the same one", "write them as [0.9, 1.1]");
        student.Objective.Check(validator.In("objective"), student);
        CheckOptimization(validator.In("training"), student.Training);
        student.Source.Check(validator.In("source"), student);
    }

    /// <summary>Kept scores are log-probs alone: nothing that needs the teacher's logits or hidden states goes with them.</summary>
    private static void CheckScores(Validator validator, Recipe recipe)
    {
        validator.Check(recipe.Teacher.Scores != "", "teacher.scores", recipe.Teacher.Scores, "a path", "name the folder that 'lhts data score' makes");
        validator.Check(
            recipe.Student.Source.IsCorpusOnly, "student.source.kind", new KindName(SourceKinds.All.NameOf(recipe.Student.Source)),
            "corpus with teacher.scores, which has no scores of samples", "choose corpus, or leave teacher.scores out");
        recipe.Student.Objective.CheckScores(validator.In("student.objective"));
    }

    private static void CheckOptimization(Validator validator, OptimizationRecipe training)
    {
        validator.Within("steps", training.Steps, 1, MaxSteps, "use e.g. 1000");
        validator.Within("sequencesPerStep", training.SequencesPerStep, 1, 1 << 20, "use e.g. 64");
        validator.Within("learningRate", training.LearningRate, 1e-12, 100, "use e.g. 1e-4");
        validator.Within("warmupSteps", training.WarmupSteps, 0, MaxSteps, "use e.g. 100");
        validator.Within("weightDecay", training.WeightDecay, 0, 1000, "use e.g. 0.01");
        validator.Check(training.Beta1 is >= 0 and < 1, "beta1", training.Beta1, "at least 0 and below 1", "use e.g. 0.9");
        validator.Check(training.Beta2 is >= 0 and < 1, "beta2", training.Beta2, "at least 0 and below 1", "use e.g. 0.999");
        validator.Within("epsilon", training.Epsilon, 1e-30, 1, "use e.g. 1e-8");
        validator.Within("gradientClip", training.GradientClip, 1e-12, 1e12, "use e.g. 1");
    }

    private static void CheckEvaluation(Validator validator, EvaluationRecipe evaluation)
    {
        evaluation.Task?.Check(validator.In("task"));
        validator.Within("samples", evaluation.Samples, 2, MaxSamples, "a standard error takes two samples");
        validator.Within("every", evaluation.Every ?? 1, 1, MaxSteps, "give a number of steps, or leave it out");
        validator.Within("everySamples", evaluation.EverySamples, 2, MaxSamples, "a comparison of samples takes two");
        validator.Within("shown", evaluation.Shown, 0, MaxSamples, "use e.g. 1");
        validator.Within("maxTokens", evaluation.MaxTokens ?? 1, 1, 1 << 20, "leave it out for the whole context");
        for (var i = 0; i < evaluation.StudentTemperatures?.Count; i++)
        {
            validator.Within($"studentTemperatures[{i}]", evaluation.StudentTemperatures[i], 1e-3, 1e3, "use e.g. 0.8");
        }

        for (var i = 0; i < evaluation.TeacherTemperatures.Count; i++)
        {
            validator.Within($"teacherTemperatures[{i}]", evaluation.TeacherTemperatures[i], 0, 1e3, "0 is greedy, 1 the model itself");
        }
    }

    private static void CheckDistributed(Validator validator, DistributedRecipe distributed)
    {
        validator.Within("processes", distributed.Processes, 1, 1024, "use e.g. the number of cores");
        validator.Within("maxRestarts", distributed.MaxRestarts, 0, 1e6, "use e.g. 3");
        validator.Seconds("heartbeatTimeout", distributed.HeartbeatTimeout);
        validator.Seconds("rendezvousTimeout", distributed.RendezvousTimeout);
        validator.Seconds("leaderTimeout", distributed.LeaderTimeout);
        validator.Seconds("stopTimeout", distributed.StopTimeout);
        validator.Seconds("collectiveTimeout", distributed.CollectiveTimeout);
        validator.Within("bucketMegabytes", distributed.BucketMegabytes, 1e-3, 1e6, "use e.g. 25");
        if (distributed.Elastic is not { } elastic) return;
        validator.Within("elastic.min", elastic.Min, 1, 1e6, "a run takes one rank at least");
        validator.Within("elastic.max", elastic.Max, 1, 1e6, "a run takes one rank at least");
        validator.Check(elastic.Max >= elastic.Min, "elastic.max", elastic.Max, $"at least min, which is {elastic.Min}", "swap the two", "elastic.min");
    }

    private static string Join(IEnumerable<string> names)
    {
        var all = names.ToArray();
        return string.Join(", ", all[..^1]) + " or " + all[^1];
    }
}
