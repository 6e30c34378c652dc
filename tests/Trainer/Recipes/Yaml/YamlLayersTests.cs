using Lhts.Trainer.Recipes.Yaml;

namespace Lhts.Trainer.Tests.Recipes.Yaml;

public sealed class YamlLayersTests
{
    private string folder = "";

    [SetUp]
    public void Make() => folder = Directory.CreateTempSubdirectory("lhts-").FullName;

    [TearDown]
    public void Remove() => Directory.Delete(folder, recursive: true);

    [Test]
    public void Base_OfAFile_LiesBelowItKeyByKey()
    {
        Write("all/below.yaml", "name: below\nseed: 3\nmodel: {numLayers: 2, checkpoint: a}\nsources: [{path: a}]\n");
        var bound = Read("base: all/below.yaml\nname: above\nmodel: {numLayers: 6}\nsources: [{path: b}, {path: c}]\n");
        var recipe = bound.Value;
        Assert.That((recipe.Name, recipe.Seed), Is.EqualTo(("above", 3)));
        Assert.That(recipe.Model, Is.EqualTo(new SampleModel { NumLayers = 6, Checkpoint = "a" }));
        Assert.That(recipe.Sources.Select(source => source.Path), Is.EqualTo(new[] { "b", "c" }), "a list replaces the one below");
        Assert.That(bound.Bases, Is.EqualTo(new[] { PathOf("all/below.yaml") }));
    }

    [Test]
    public void Base_OfABase_IsFoundFromItsOwnFolder()
    {
        Write("all/middle.yaml", "base: deep/lowest.yaml\nseed: 2\n");
        Write("all/deep/lowest.yaml", "seed: 1\nmodel: {numLayers: 9}\n");
        var recipe = Read("base: all/middle.yaml\nname: x\n").Value;
        Assert.That((recipe.Seed, recipe.Model.NumLayers), Is.EqualTo((2, 9)));
    }

    [Test]
    public void Error_InABase_NamesItsFile()
    {
        Write("below.yaml", "name: x\nseed: no\n");
        Assert.That(MessageFor("base: below.yaml\n"),
            Does.EndWith($"  {PathOf("below.yaml")}:2:7: seed is 'no', but must be a whole number, without a decimal point."));
    }

    [TestCase("base: absent.yaml\nname: x", "base is 'absent.yaml': the file cannot be read: ")]
    [TestCase("base: [a]\nname: x", "base must be the path of one file; write it as 'base: other.yaml'.")]
    [TestCase("base: x.yaml\nname: x", "base is 'x.yaml', which stands on this file itself; remove one of the two.")]
    [TestCase("base: circle.yaml\nname: x", "base is 'x.yaml', which stands on this file itself; remove one of the two.")]
    public void Base_ThatCannotBe_IsRefused(string text, string error)
    {
        Write("circle.yaml", "base: x.yaml\n");
        Assert.That(MessageFor(text), Does.Contain(error).And.Contain(": 1 error\n"));
    }

    [TestCase("teacher: {kind: a, one: 1}", "teacher: {kind: b, two: 2}", "{teacher: {kind: b, two: 2}}")]
    [TestCase("teacher: {kind: a, one: 1}", "teacher: {two: 2}", "{teacher: {kind: a, one: 1, two: 2}}")]
    [TestCase("teacher: a", "teacher: {two: 2}", "{teacher: {kind: a, two: 2}}")]
    [TestCase("teacher: 0.9", "teacher: {two: 2}", "{teacher: {two: 2}}")]
    [TestCase("teacher: {kind: a, one: 1}", "teacher: b", "{teacher: b}")]
    [TestCase("teacher: {one: 1}", "teacher: null", "{teacher: null}")]
    public void Groups_OfKinds_MergeWhereTheirKindIsTheSame(string under, string over, string expected)
    {
        var errors = new ErrorList("x.yaml");
        Assert.That(Show(YamlMerge.Over(YamlReader.Read(over, errors)!, YamlReader.Read(under, errors)!)), Is.EqualTo(expected));
    }

    [Test]
    public void Override_OfAValue_StandsInPlaceOfTheFiles()
    {
        var recipe = Read(
            "name: x\nseed: 1\nteacher: {numSteps: 3}\n", "seed=7", "teacher.stepSize=2e-3", "teacher.temperature=[0.5, 1]", "model.checkpoint=null").Value;
        Assert.That((recipe.Seed, recipe.Teacher.NumSteps, recipe.Teacher.StepSize), Is.EqualTo((7, 3, 2e-3)));
        Assert.That(recipe.Teacher.Temperature.Values, Is.EqualTo(new[] { 0.5, 1 }));
    }

    [Test]
    public void Errors_InOverrides_NameTheOption() => Assert.That(
        MessageFor("name: x\nseed: no\n", "teacher.numSteps=many", "modle.numLayers=3", "seed", ".x=1", "model.tieEmbeddings=[", "sources=3"),
        Is.EqualTo($"""
            {PathOf("x.yaml")}: 7 errors
              {PathOf("x.yaml")}:2:7: seed is 'no', but must be a whole number, without a decimal point.
              --set .x: a key and a value are needed; write it as --set student.training.steps=50.
              --set model.tieEmbeddings: this is not YAML: While parsing a node, did not find expected node content.
              --set modle.numLayers: unknown key 'modle'; did you mean 'model'? Known keys: name, seed, model, teacher, student, sources.
              --set seed: a key and a value are needed; write it as --set student.training.steps=50.
              --set sources: sources is '3', but must be a list, such as [a, b] or lines that start with '- '.
              --set teacher.numSteps: teacher.numSteps is 'many', but must be a whole number, without a decimal point.
            """));

    [Test]
    public void Values_BesideFaultsOfForm_AreCheckedToo()
    {
        var bound = YamlBinder.Collect<SampleRecipe>("nam: x\nseed: -5\nmodel: {numLayers: many}\nteacher: {numSteps: -1}\n", "x.yaml", [], SampleRecipe.Form);
        var validator = bound.Validate();
        validator.Check(bound.Value.Name.Length > 0, "name", bound.Value.Name, "a name", "not shown: it is missing");
        validator.AtLeast("seed", bound.Value.Seed, 0, "use e.g. 1");
        validator.AtLeast("model.numLayers", 0, 1, "not shown: it could not be read");
        validator.Check(false, "teacher.stepSize", 1, "less", "not shown: it depends on what could not be read", "model.numLayers");
        validator.AtLeastOne("teacher.numSteps", bound.Value.Teacher.NumSteps, "use e.g. 10");
        Assert.That(Assert.Throws<RecipeException>(validator.ThrowIfAny)!.Message, Is.EqualTo("""
            x.yaml: 5 errors
              x.yaml:1:1: unknown key 'nam'; did you mean 'name'? Known keys: name, seed, model, teacher, student, sources.
              x.yaml:1:1: the key 'name' is missing; it has no default, so add it.
              x.yaml:2:1: seed is -5, but must be at least 0; use e.g. 1.
              x.yaml:3:20: model.numLayers is 'many', but must be a whole number, without a decimal point.
              x.yaml:4:11: teacher.numSteps is -1, but must be at least 1; use e.g. 10.
            """));
    }

    private static string Show(YamlNode node) => node switch
    {
        YamlMapping mapping => "{" + string.Join(", ", mapping.Entries.Select(entry => $"{entry.Key.Text}: {Show(entry.Value)}")) + "}",
        YamlSequence list => "[" + string.Join(", ", list.Items.Select(Show)) + "]",
        _ => ((YamlScalar)node).Text,
    };

    private string PathOf(string name) => Path.Combine(folder, name);

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllText(PathOf(name), text);
    }

    private BoundRecipe<SampleRecipe> Read(string text, params string[] assignments)
    {
        Write("x.yaml", text);
        var bound = YamlBinder.CollectFile<SampleRecipe>(PathOf("x.yaml"), [.. assignments.Select(YamlOverride.OfAssignment)], SampleRecipe.Form);
        bound.Validate().ThrowIfAny();
        return bound;
    }

    private string MessageFor(string text, params string[] assignments) => Assert.Throws<RecipeException>(() => Read(text, assignments))!.Message;
}
