using System.Text.RegularExpressions;
using Lhts.Testing;
using Lhts.Trainer.Objectives;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Recipes.Yaml;

namespace Lhts.Trainer.Tests.Recipes;

public sealed partial class RecipeTests
{
    private const string Smallest = "name: x\ndata: {path: y}\n";

    [Test]
    public void Recipe_WrittenAndRead_IsTheSame()
    {
        var recipe = RecipeReader.Parse(Smallest + "student: {temperatures: [0.9, 1.1], objective: {horizon: null, klDirection: teacher-student}}\n", "r.yaml");
        var text = RecipeReader.Write(recipe);
        Assert.That(text, Does.Contain("temperatures: [0.9, 1.1]").And.Contain("horizon: null").And.Contain("klDirection: teacher-student"));
        Assert.That(RecipeReader.Write(RecipeReader.Parse(text, "again.yaml")), Is.EqualTo(text));
    }

    [TestCase("0.9", 0.9, 0.9)]
    [TestCase("[0.5, 1.5, 1]", 0.5, 1.5)]
    [TestCase("{min: 0.5, max: 1.1}", 0.5, 1.1)]
    public void Temperatures_InEachForm_AreRead(string text, double min, double max)
    {
        var temperatures = RecipeReader.Parse(Smallest + $"student: {{temperatures: {text}}}\n", "r.yaml").Student.Temperatures;
        Assert.That((temperatures.Min, temperatures.Max), Is.EqualTo((min, max)));
        Assert.That(temperatures.At(0), Is.EqualTo(min).Or.EqualTo(0.5));
        Assert.That(temperatures.At(0.999999), Is.InRange(min, max));
    }

    [Test]
    public void Errors_InValues_AreAllNamedWithTheirPlaces()
    {
        var error = Assert.Throws<RecipeException>(() => RecipeReader.Parse(
            """
            name: x
            device: gpu
            data: {path: y, contextLength: 1}
            teacher:
              model: {heads: 3}
            student:
              temperatures: {min: 2, max: 1}
              conditioning: none
            """,
            "r.yaml"));
        Assert.That(error!.Message, Is.EqualTo(
            """
            r.yaml: 5 errors
              r.yaml:2:1: device is 'gpu', but must be cpu, cuda or cuda:INDEX; name a device.
              r.yaml:3:17: data.contextLength is 1, but must be at least 2; a sequence needs a token to predict and one before it.
              r.yaml:5:3: teacher.model.width is 128 (the default), but must be a multiple of the 3 heads, at most 65536; change the width or the heads.
              r.yaml:7:3: student.temperatures is 2, but must be at most max, which is 1; swap the two.
              r.yaml:8:3: student.conditioning is none, but must be every-position, prefix, layer-norms or weights for several temperatures; leave it out.
            """));
    }

    [TestCase("",
        "r.yaml: 1 error\n  r.yaml:1:1: student.objective.beta is 0.05 (the default), but must be 0 with teacher.scores; set it to 0, or leave "
        + "teacher.scores out.")]
    [TestCase("student: {objective: {beta: 0, baseline: learned}}",
        "student.objective.baseline is learned, but must be none, mean, index or index-token with teacher.scores")]
    [TestCase("student: {objective: {beta: 0}}", null)]
    [TestCase("student: {objective: pairwise}", null)]
    [TestCase("student: {objective: mle, source: mix}", "student.source.kind is mix, but must be corpus with teacher.scores")]
    [TestCase("student: {objective: myopic}", "student.objective.kind is myopic, but must be another than myopic with teacher.scores")]
    public void Scores_OfTheTeacher_GoWithNothingThatNeedsMore(string student, string? error)
    {
        string text = $"{Smallest}teacher: {{scores: folder}}\n{student}\n";
        if (error is null) Assert.That(RecipeReader.Parse(text, "r.yaml").Teacher.Scores, Is.EqualTo("folder"));
        else Assert.That(() => RecipeReader.Parse(text, "r.yaml"), Throws.TypeOf<RecipeException>().With.Message.Contains(error));
    }

    [TestCase("kind: myopic, horizon: 4", "r.yaml:3:37: student.objective.horizon belongs to kind lhts, not to myopic; remove it, or change the kind.")]
    [TestCase("kind: pairwise, beta: 0.1",
        "r.yaml:3:39: student.objective.beta belongs to kind lhts and partition, not to pairwise; remove it, or change the kind.")]
    [TestCase("quantiles: 4", "r.yaml:3:23: student.objective.quantiles belongs to kind partition, not to lhts; remove it, or change the kind.")]
    public void Objective_WithAKeyOfAnotherKind_IsRefused(string objective, string error) => Assert.That(
        () => RecipeReader.Parse($"{Smallest}student: {{objective: {{{objective}}}}}\n", "r.yaml"),
        Throws.TypeOf<RecipeException>().With.Message.EqualTo($"r.yaml: 1 error\n  {error}"));

    [TestCase("{temperatures: 0.5, objective: mle}", "student.temperatures belongs to objectives with a temperature, not to mle")]
    [TestCase("{conditioning: none, objective: partition}",
        "student.conditioning is none, but must be every-position, prefix, layer-norms or weights for objective partition")]
    [TestCase("{temperatures: {min: 0.5, max: 1}, objective: pairwise}", "one temperature or a list for objective pairwise")]
    [TestCase("{objective: {kind: partition, quantiles: 1}}", "student.objective.quantiles is 1, but must be at least 2")]
    [TestCase("{source: {kind: teacher, teacherShare: 0.2}}",
        "student.source.teacherShare belongs to kind mix and student, not to teacher; remove it, or change the kind.")]
    [TestCase("{source: {buffer: 2}}", "student.source.buffer belongs to kind teacher and mix and student, not to corpus")]
    [TestCase("{source: {kind: mix, teacherShare: 0.001}}",
        "student.source.teacherShare is 0.001, but must be a share that gives each source one of the 64 sequences of a step")]
    [TestCase("{source: {kind: mix, refresh: 14}}", "student.source.refresh is 14, but must be between 1 and 13; more than a step uses would go unused")]
    [TestCase("{objective: {control: student}}", "student.objective.control is student, but must be none, unless all sequences are the teacher's samples")]
    [TestCase("{objective: myopic-ish}", "student.objective.kind is 'myopic-ish', but must be")]
    public void Student_ThatDoesNotFitItsObjective_IsRefused(string student, string error) => Assert.That(
        () => RecipeReader.Parse($"{Smallest}student: {student}\n", "r.yaml"), Throws.TypeOf<RecipeException>().With.Message.Contains(error));

    [TestCase("{path: y, promptColumn: text}", "", "data.promptColumn is 'text', but must be another column than the text's")]
    [TestCase("{path: y, promptColumn: q, longDocuments: split}", "", "data.longDocuments is split, but must be cut with prompts")]
    [TestCase("{path: y, promptColumn: q}", "student: {source: teacher}",
        "student.source.kind is teacher, but must be corpus, or student without teacherShare and jointShare, with data.promptColumn")]
    [TestCase("{path: y, promptColumn: q}", "student: {source: {kind: student, teacherShare: 0.5}}",
        "student.source.kind is student, but must be corpus, or student without teacherShare and jointShare, with data.promptColumn")]
    [TestCase("{path: y, promptColumn: q, prepare: {source: z, chains: {noise: 2}}}", "", "data.prepare.chains.noise is 2, but must be between 0 and 1")]
    [TestCase("{path: y, prepare: {source: z.jsonl, promptField: q}}", "", ", but must be a name with data.prepare.promptField")]
    public void Prompts_WithWhatDoesNotGoWithThem_AreRefused(string data, string rest, string error) => Assert.That(
        () => RecipeReader.Parse($"name: x\ndata: {data}\n{rest}\n", "r.yaml"), Throws.TypeOf<RecipeException>().With.Message.Contains(error));

    private static IEnumerable<string> Kinds() => ObjectiveKinds.All.Kinds.Keys;

    [Test]
    public void Objective_OfEachKind_IsWrittenWithItsOwnKeysAndReadAgain([ValueSource(nameof(Kinds))] string kind)
    {
        var source = kind == "soft-policy" ? "student" : "corpus"; // it learns from the student's own samples alone
        var recipe = RecipeReader.Parse($"{Smallest}student: {{objective: {kind}, source: {source}}}\n", "r.yaml");
        var text = RecipeReader.Write(recipe);
        Assert.That(ObjectiveKinds.All.NameOf(recipe.Student.Objective), Is.EqualTo(kind));
        Assert.That(text.Contains("horizon:", StringComparison.Ordinal), Is.EqualTo(kind == "lhts"));
        Assert.That(text.Contains("quantiles:", StringComparison.Ordinal), Is.EqualTo(kind == "partition"));
        Assert.That(RecipeReader.Write(RecipeReader.Parse(text, "again.yaml")), Is.EqualTo(text));
    }

    [Test]
    public void Errors_InDistribution_AreAllNamed()
    {
        var text = Smallest
            + "distributed: {elastic: {min: 4, max: 2}, maxRestarts: -1, heartbeatTimeout: 0.05, collectiveTimeout: .inf, bucketMegabytes: 0}\n";
        var error = Assert.Throws<RecipeException>(() => RecipeReader.Parse(text, "r.yaml"));
        Assert.That(error!.Errors.Select(error => error.Message), Is.EquivalentTo(new[]
        {
            "distributed.elastic.max is 2, but must be at least min, which is 4; swap the two.",
            "distributed.maxRestarts is -1, but must be between 0 and 1000000; use e.g. 3.",
            "distributed.heartbeatTimeout is 0.05, but must be between 0.1 and 1000000; give a number of seconds.",
            "distributed.collectiveTimeout is .inf, but must be between 0.1 and 1000000; give a number of seconds.",
            "distributed.bucketMegabytes is 0, but must be between 0.001 and 1000000; use e.g. 25.",
        }));
    }

    [Test]
    public void Page_OnRecipes_ListsEveryKeyWithItsDefault()
    {
        var page = File.ReadAllText(Repository.PathOf("docs", "recipes.md"));
        var documented = Row().Matches(page).ToDictionary(row => row.Groups[1].Value, row => row.Groups[2].Value);
        Assert.That(documented, Is.EquivalentTo(Keys(typeof(Recipe), "")));
    }

    /// <summary>
    /// Each key's path with its default as a recipe would write it; "required" where there is none. Keys of a kind stand once, however many kinds have them,
    /// with each of their defaults.
    /// </summary>
    private static Dictionary<string, string> Keys(Type type, string prefix)
    {
        var built = type.GetConstructor(Type.EmptyTypes)?.Invoke(null) ?? System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(type);
        var keys = new Dictionary<string, string>();
        foreach (var property in type.GetProperties().Where(p => p.SetMethod is { IsPublic: true }))
        {
            var path = prefix + System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            var isRequired = Attribute.IsDefined(property, typeof(System.Runtime.CompilerServices.RequiredMemberAttribute));
            if (RecipeForm.Form.KindsOf(property.PropertyType) is { } kinds)
            {
                var value = property.GetValue(built);
                keys[path] = value is null ? "null" : kinds.NameOf(value.GetType());
                foreach (var key in kinds.Kinds.Values.SelectMany(kind => Keys(kind, path + ".")).Distinct())
                {
                    keys[key.Key] = keys.TryGetValue(key.Key, out var other) && other != key.Value ? $"{other} or {key.Value}" : key.Value;
                }
            }
            else if (property.PropertyType.Namespace == typeof(Recipe).Namespace && property.PropertyType is { IsClass: true } nested
                && nested != typeof(Temperatures))
            {
                foreach (var key in Keys(nested, path + ".")) keys[key.Key] = key.Value;
            }
            else
            {
                keys[path] = isRequired ? "required" : RecipeText(property.GetValue(built));
            }
        }

        return keys;
    }

    private static string RecipeText(object? value) => RecipeReader.Write(new Holder { Value = value })["value: ".Length..].Trim();

    [GeneratedRegex(@"^\| `([\w.]+)` \| `?([^`|]*?)`? \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    private sealed record Holder
    {
        public object? Value { get; init; }
    }
}
