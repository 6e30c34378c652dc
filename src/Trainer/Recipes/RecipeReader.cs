using Lhts.Trainer.Conditioning;
using Lhts.Trainer.Objectives;
using Lhts.Trainer.Recipes.Yaml;
using Lhts.Trainer.Sources;

namespace Lhts.Trainer.Recipes;

/// <summary>Reads recipes and checks their values.</summary>
public static class RecipeReader
{
    private static readonly string Conditions = Join(ConditioningKinds.All.Kinds.Keys.Where(name => name != "none"));

    /// <summary>Reads a recipe.</summary>
    /// <exception cref="RecipeException">Something in it is wrong; all of it is named.</exception>
    public static Recipe Read(string path) => Check(YamlBinder.BindFile<Recipe>(path, RecipeForm.Form));

    /// <summary>Reads a recipe from text.</summary>
    /// <param name="text">The YAML.</param>
    /// <param name="file">The name for messages.</param>
    /// <exception cref="RecipeException">Something in it is wrong; all of it is named.</exception>
    public static Recipe Parse(string text, string file) => Check(YamlBinder.Bind<Recipe>(text, file, RecipeForm.Form));

    /// <summary>Writes a recipe (or a part of one) with every value, defaults included.</summary>
    public static string Write(object recipe) => YamlWriter.Write(recipe, RecipeForm.Form);

    private static Recipe Check(BoundRecipe<Recipe> bound)
    {
        var recipe = bound.Value;
        var validator = bound.Validate();
        validator.Check(recipe.Name.Length > 0 && recipe.Name.IndexOfAny(Path.GetInvalidFileNameChars()) < 0, "name", recipe.Name, "a name for a folder", "use letters, digits and dashes");
        validator.Check(IsDevice(recipe.Device), "device", recipe.Device, "cpu, cuda or cuda:INDEX", "name a device");
        validator.AtLeast("threads", recipe.Threads, 0, "give a number of threads, or 0 for all");
        CheckData(validator.In("data"), recipe.Data);
        if (recipe.Teacher.Load is null) CheckTeacher(validator.In("teacher"), recipe);
        CheckStudent(validator.In("student"), recipe.Student);
        if (recipe.Teacher.Scores is not null) CheckScores(validator, recipe);
        CheckEvaluation(validator.In("evaluation"), recipe.Evaluation);
        validator.AtLeastOne("checkpoint.everySteps", recipe.Checkpoint.EverySteps, "give a number of steps");
        validator.AtLeastOne("checkpoint.keep", recipe.Checkpoint.Keep, "keep one at least");
        validator.Within("telemetry.port", recipe.Telemetry.Port ?? 0, 0, 65535, "give a free port, or 0 for any");
        validator.Positive("telemetry.maxStepAge", recipe.Telemetry.MaxStepAge, "give a number of seconds");
        validator.Check(
            recipe.Telemetry.OtlpEndpoint is null || Uri.IsWellFormedUriString(recipe.Telemetry.OtlpEndpoint, UriKind.Absolute),
            "telemetry.otlpEndpoint", recipe.Telemetry.OtlpEndpoint, "an address", "write it as http://HOST:4317");
        CheckDistributed(validator.In("distributed"), recipe.Distributed);
        validator.ThrowIfAny();
        return recipe;
    }

    private static void CheckData(Validator validator, DataRecipe data)
    {
        validator.Check(data.Path.Length > 0, "path", data.Path, "a path", "name a Parquet file, folder or glob");
        validator.AtLeast("contextLength", data.ContextLength, 2, "a sequence needs a token to predict and one before it");
        validator.AtLeastOne("shuffleWindow", data.ShuffleWindow, "use e.g. 8");
        validator.AtLeastOne("tokensPerMicroBatch", data.TokensPerMicroBatch, "use e.g. 16384");
        if (data.Prepare is { } prepare) validator.Within("prepare.rowGroupRows", prepare.RowGroupRows, 1, 2048, "use e.g. 1024");
    }

    private static void CheckTeacher(Validator validator, Recipe recipe)
    {
        var model = recipe.Teacher.Model;
        validator.AtLeastOne("model.layers", model.Layers, "use e.g. 4");
        validator.AtLeastOne("model.heads", model.Heads, "use e.g. 4");
        validator.Check(
            model.Width >= 1 && model.Heads >= 1 && model.Width % model.Heads == 0,
            "model.width", model.Width, $"a multiple of the {model.Heads} heads", "change the width or the heads");
        validator.Check(model.Dropout is >= 0 and < 1, "model.dropout", model.Dropout, "at least 0 and below 1", "use e.g. 0.1");
        CheckOptimization(validator.In("training"), recipe.Teacher.Training);
    }

    private static void CheckStudent(Validator validator, StudentRecipe student)
    {
        var temperatures = student.Temperatures;
        validator.Positive("temperatures", temperatures.Min, "use e.g. 0.9");
        validator.Check(double.IsFinite(temperatures.Max), "temperatures", temperatures.Max, "a finite number above 0", "use e.g. 0.9");
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
        validator.AtLeastOne("steps", training.Steps, "use e.g. 1000");
        validator.AtLeastOne("sequencesPerStep", training.SequencesPerStep, "use e.g. 64");
        validator.Positive("learningRate", training.LearningRate, "use e.g. 1e-4");
        validator.AtLeast("warmupSteps", training.WarmupSteps, 0, "use e.g. 100");
        validator.AtLeast("weightDecay", training.WeightDecay, 0, "use e.g. 0.01");
        validator.Check(training.Beta1 is >= 0 and < 1, "beta1", training.Beta1, "at least 0 and below 1", "use e.g. 0.9");
        validator.Check(training.Beta2 is >= 0 and < 1, "beta2", training.Beta2, "at least 0 and below 1", "use e.g. 0.999");
        validator.Positive("gradientClip", training.GradientClip, "use e.g. 1");
    }

    private static void CheckEvaluation(Validator validator, EvaluationRecipe evaluation)
    {
        validator.AtLeast("samples", evaluation.Samples, 2, "a standard error takes two samples");
        validator.AtLeastOne("every", evaluation.Every ?? 1, "give a number of steps, or leave it out");
        validator.AtLeast("everySamples", evaluation.EverySamples, 2, "a comparison of samples takes two");
        validator.AtLeast("shown", evaluation.Shown, 0, "use e.g. 1");
        validator.AtLeastOne("maxTokens", evaluation.MaxTokens ?? 1, "leave it out for the whole context");
        for (var i = 0; i < evaluation.StudentTemperatures?.Count; i++)
        {
            validator.Positive($"studentTemperatures[{i}]", evaluation.StudentTemperatures[i], "use e.g. 0.8");
        }

        for (var i = 0; i < evaluation.TeacherTemperatures.Count; i++)
        {
            validator.AtLeast($"teacherTemperatures[{i}]", evaluation.TeacherTemperatures[i], 0, "0 is greedy, 1 the model itself");
        }
    }

    private static void CheckDistributed(Validator validator, DistributedRecipe distributed)
    {
        validator.AtLeast("maxRestarts", distributed.MaxRestarts, 0, "use e.g. 3");
        validator.Seconds("heartbeatTimeout", distributed.HeartbeatTimeout);
        validator.Seconds("rendezvousTimeout", distributed.RendezvousTimeout);
        validator.Seconds("collectiveTimeout", distributed.CollectiveTimeout);
        validator.Positive("bucketMegabytes", distributed.BucketMegabytes, "use e.g. 25");
        if (distributed.Elastic is not { } elastic) return;
        validator.AtLeastOne("elastic.min", elastic.Min, "a run takes one rank at least");
        validator.Check(elastic.Max >= elastic.Min, "elastic.max", elastic.Max, $"at least min, which is {elastic.Min}", "swap the two");
    }

    private static string Join(IEnumerable<string> names)
    {
        var all = names.ToArray();
        return string.Join(", ", all[..^1]) + " or " + all[^1];
    }

    private static bool IsDevice(string device)
    {
        try
        {
            return new TorchSharp.torch.Device(device).type is TorchSharp.DeviceType.CPU or TorchSharp.DeviceType.CUDA;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
