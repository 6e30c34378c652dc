using System.Globalization;
using System.Text.Json.Nodes;
using Lhts.Testing;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Recipes.Yaml;
using NJsonSchema;

namespace Lhts.Trainer.Tests.Recipes;

/// <summary>What editors are told is what the binder reads.</summary>
public sealed class RecipeSchemaTests
{
    private static readonly JsonSchema Schema = JsonSchema.FromJsonAsync(RecipeSchema.Text()).GetAwaiter().GetResult();

    private static IEnumerable<string> Recipes() => Directory.EnumerateFiles(Repository.PathOf("recipes"), "*.yaml").Select(path => Path.GetFileName(path)!);

    [Test]
    public void Schema_InTheRepository_IsThatOfTheRecords() => Assert.That(
        File.ReadAllText(Repository.PathOf("recipes", RecipeSchema.FileName)), Is.EqualTo(RecipeSchema.Text()),
        "bring it up to date: ./lhts recipe-schema > recipes/recipe.schema.json");

    [TestCaseSource(nameof(Recipes))]
    public void Recipe_OfTheProject_IsValidAndNamesTheSchema(string name)
    {
        var text = File.ReadAllText(Repository.PathOf("recipes", name));
        Assert.That(text, Does.StartWith($"# yaml-language-server: $schema={RecipeSchema.FileName}\n"));
        Assert.That(Faults(text), Is.Empty);
        Assert.That(Faults(RecipeReader.Write(RecipeReader.Read(Repository.PathOf("recipes", name)))), Is.Empty, "with every value");
    }

    [TestCase("name: x\ndata: {path: y}\nstudent: {temperatures: [0.5, 1], objective: myopic, source: {kind: teacher, buffer: 64}}", true)]
    [TestCase("base: x.yaml\ndata: {contextLength: 8}", true)]
    [TestCase("name: x", false)]
    [TestCase("name: x\ndata: {contextLength: 8}", false)]
    [TestCase("name: x\ndata: {path: y}\nsed: 3", false)]
    [TestCase("name: x\ndata: {path: y}\nstudent: {training: {steps: many}}", false)]
    [TestCase("name: x\ndata: {path: y}\nstudent: {training: {schedule: linear}}", false)]
    [TestCase("name: x\ndata: {path: y}\nstudent: {source: sometimes}", false)]
    [TestCase("name: x\ndata: {path: y}\nstudent: {temperatures: {min: 1}}", false)]
    public void Schema_OfARecipe_TakesWhatTheBinderTakes(string text, bool isValid) => Assert.That(Faults(text).Count == 0, Is.EqualTo(isValid));

    [Test]
    public void Schema_OfKinds_TakesEachWithItsOwnKeys()
    {
        var schema =
            JsonSchema.FromJsonAsync(new YamlSchema(new YamlForm([], [new KindRegistry<Shape>().Add<Circle>("circle").Add<Square>("square")]), _ => null)
            .OfFile(typeof(Drawing), "x").ToJsonString()).GetAwaiter().GetResult();
        Assert.That(schema.Validate(Json("shape: circle")), Is.Empty);
        Assert.That(schema.Validate(Json("shape: {kind: circle, radius: 2}")), Is.Empty);
        Assert.That(schema.Validate(Json("shape: {radius: 2}")), Is.Empty, "the default's kind");
        Assert.That(schema.Validate(Json("shape: {side: 2}")), Is.Not.Empty);
        Assert.That(schema.Validate(Json("shape: {kind: square, radius: 2}")), Is.Not.Empty);
        Assert.That(schema.Validate(Json("shape: {kind: oval}")), Is.Not.Empty);
    }

    [Test]
    public void Schema_OfEveryKey_HasADescription() => Assert.That(Undescribed(JsonNode.Parse(RecipeSchema.Text())!, ""), Is.Empty);

    private static IEnumerable<string> Undescribed(JsonNode node, string path)
    {
        foreach (var (name, key) in node["properties"] as JsonObject ?? [])
        {
            var isConstant = name == YamlMerge.KindKey && key!["enum"]!.AsArray().Count == 1;
            if (!isConstant && key!["description"] is null) yield return path + name;
            foreach (var inner in Undescribed(key!, path + name + ".")) yield return inner;
        }

        foreach (var form in node["anyOf"] as JsonArray ?? [])
        {
            if (path.Length == 0) continue;
            foreach (var inner in Undescribed(form!, path)) yield return inner;
        }
    }

    private static ICollection<NJsonSchema.Validation.ValidationError> Faults(string yaml) => Schema.Validate(Json(yaml));

    private static string Json(string yaml) => Node(YamlReader.Read(yaml, new ErrorList("x.yaml"))!)!.ToJsonString();

    /// <summary>What an editor takes YAML for.</summary>
    private static JsonNode? Node(YamlNode node) => node switch
    {
        YamlMapping mapping => new JsonObject(mapping.Entries.Select(entry => KeyValuePair.Create(entry.Key.Text, Node(entry.Value)))),
        YamlSequence list => new JsonArray([.. list.Items.Select(Node)]),
        YamlScalar { IsNull: true } => null,
        YamlScalar { IsPlain: true, Text: "true" or "false" } flag => flag.Text == "true",
        YamlScalar { IsPlain: true } text when long.TryParse(text.Text, CultureInfo.InvariantCulture, out var whole) => whole,
        YamlScalar { IsPlain: true } text when double.TryParse(text.Text, CultureInfo.InvariantCulture, out var number) => number,
        YamlScalar text => text.Text,
        _ => throw new InvalidOperationException(),
    };

    private sealed record Drawing
    {
        public Shape Shape { get; init; } = new Circle();
    }

    private abstract record Shape;

    private sealed record Circle : Shape
    {
        public double Radius { get; init; } = 1;
    }

    private sealed record Square : Shape
    {
        public double Side { get; init; } = 1;
    }
}
