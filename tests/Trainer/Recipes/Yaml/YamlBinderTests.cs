using Lhts.Trainer.Recipes.Yaml;

namespace Lhts.Trainer.Tests.Recipes.Yaml;

public class YamlBinderTests
{
    [Test]
    public void Bind_EveryKindOfValue_FillsTheRecord()
    {
        var recipe = SampleRecipe.Bind("""
            # A comment.
            name: quick start   # and another
            seed: -9000000000
            model: { numLayers: 12, tieEmbeddings: false, checkpoint: "null" }
            student:
              numSteps: 500
              stepSize: 1e-4
              gradientClip: ~
              baseline: index-token
              temperature: [0.5, 1, .inf]
              horizons:
                - 8
                - 25
            sources:
              - path: a.parquet
              - { path: b.parquet, share: .25 }
            """).Value;

        Assert.Multiple(() =>
        {
            Assert.That(recipe.Name, Is.EqualTo("quick start"));
            Assert.That(recipe.Seed, Is.EqualTo(-9_000_000_000));
            Assert.That(recipe.Model, Is.EqualTo(new SampleModel { NumLayers = 12, TieEmbeddings = false, Checkpoint = "null" }));
            Assert.That(recipe.Student!.NumSteps, Is.EqualTo(500));
            Assert.That(recipe.Student.StepSize, Is.EqualTo(1e-4));
            Assert.That(recipe.Student.GradientClip, Is.Null);
            Assert.That(recipe.Student.Baseline, Is.EqualTo(SampleBaseline.IndexToken));
            Assert.That(recipe.Student.Temperature.Values, Is.EqualTo(new[] { 0.5, 1, double.PositiveInfinity }));
            Assert.That(recipe.Student.Horizons, Is.EqualTo(new[] { 8, 25 }));
            Assert.That(recipe.Sources, Is.EqualTo(new SampleSource[] { new() { Path = "a.parquet" }, new() { Path = "b.parquet", Share = 0.25 } }));
        });
    }

    [Test]
    public void Bind_OnlyWhatIsRequired_LeavesDefaults()
    {
        var recipe = SampleRecipe.Bind("name: x").Value;

        Assert.That(recipe.Model, Is.EqualTo(new SampleModel()));
        Assert.That(recipe.Student, Is.Null);
        Assert.That(recipe.Teacher.NumSteps, Is.EqualTo(100));
    }

    [Test]
    public void Bind_GroupWithDefaultsOfItsOwner_KeepsThoseThatAreNotGiven()
    {
        var teacher = SampleRecipe.Bind("name: x\nteacher: {baseline: mean}").Value.Teacher;

        Assert.That((teacher.NumSteps, teacher.StepSize, teacher.Baseline), Is.EqualTo((100, 1e-3, SampleBaseline.Mean)));
    }

    [Test]
    public void Bind_ConverterWithOneNumber_ReadsIt() =>
        Assert.That(SampleRecipe.Bind("name: x\nteacher: {temperature: 0.7}").Value.Teacher.Temperature.Values, Is.EqualTo(new[] { 0.7 }));

    [Test]
    public void Bind_SeveralErrors_ReportsAllInTheOrderOfTheFile()
    {
        var message = SampleRecipe.MessageFor("""
            nam: x
            seed: 1.5
            model:
              numLayers: many
              tieEmbeddings: yes
            student:
              baseline: index-tokn
              stepSize: 1,5
              stepSize: 2
            """);

        Assert.That(message, Is.EqualTo("""
            recipes/x.yaml: 9 errors
              recipes/x.yaml:1:1: unknown key 'nam'; did you mean 'name'? Known keys: name, seed, model, teacher, student, sources.
              recipes/x.yaml:1:1: the key 'name' is missing; it has no default, so add it.
              recipes/x.yaml:2:7: seed is '1.5', but must be a whole number, without a decimal point.
              recipes/x.yaml:4:14: model.numLayers is 'many', but must be a whole number, without a decimal point.
              recipes/x.yaml:5:18: model.tieEmbeddings is 'yes', but must be true or false.
              recipes/x.yaml:6:1: the key 'student.numSteps' is missing; it has no default, so add it.
              recipes/x.yaml:7:13: student.baseline is 'index-tokn', but must be one of index-token, index, none, mean.
              recipes/x.yaml:8:13: student.stepSize is '1,5', but must be a number such as 0.5, 3 or 1e-4.
              recipes/x.yaml:9:3: the key 'stepSize' stands here again; it is already on line 8. Remove one of them.
            """.ReplaceLineEndings("\n")));
    }

    [TestCase("name: [a]", "1:7: name is a list, but must be text.")]
    [TestCase("name: ", "1:6: name is nothing, but must be text.")]
    [TestCase("name: x\nName: y", "2:1: unknown key 'Name'; did you mean 'name'? Known keys: name, seed, model, teacher, student, sources.")]
    [TestCase("name: x\nzzzzzzzzz: 1", "2:1: unknown key 'zzzzzzzzz'. Known keys: name, seed, model, teacher, student, sources.")]
    [TestCase("name: x\nmodel: 3", "2:8: model is '3', but must be a group of keys: numLayers, tieEmbeddings, checkpoint.")]
    [TestCase("name: x\nmodel: {layers: 3}",
        "2:9: unknown key 'layers' in 'model'; did you mean 'numLayers'? Known keys: numLayers, tieEmbeddings, checkpoint.")]
    [TestCase("name: x\nsources: a", "2:10: sources is 'a', but must be a list, such as [a, b] or lines that start with '- '.")]
    [TestCase("name: x\nsources: [{path: a}, {share: 1}]", "2:22: the key 'sources[1].path' is missing; it has no default, so add it.")]
    [TestCase("name: x\nteacher: {horizons: [1, b]}", "2:25: teacher.horizons[1] is 'b', but must be a whole number, without a decimal point.")]
    [TestCase("name: x\nteacher: {temperature: {a: 1}}", "2:24: teacher.temperature is a group of keys, but must be a number or a list of numbers.")]
    [TestCase("name: x\nteacher: {temperature: [1, a]}", "2:28: teacher.temperature[1] is 'a', but must be a number such as 0.5, 3 or 1e-4.")]
    [TestCase("name: x\nteacher: {stepSize: .nan}", "2:21: teacher.stepSize is '.nan', but must be a number such as 0.5, 3 or 1e-4.")]
    [TestCase("name: x\nteacher: {stepSize: 1e999}", "2:21: teacher.stepSize is '1e999', but must be a number such as 0.5, 3 or 1e-4.")]
    [TestCase("name: x\nteacher: {stepSize: '1'}", "2:21: teacher.stepSize is the text \"1\", but must be a number such as 0.5, 3 or 1e-4.")]
    [TestCase("name: x\nteacher: {numSteps: 3000000000}", "2:21: teacher.numSteps is '3000000000', but must be a whole number from -2147483648 to 2147483647.")]
    [TestCase("- a", "1:1: the file is a list, but must be a group of keys: name, seed, model, teacher, student, sources.")]
    [TestCase("", "1:1: the file is empty; a recipe has keys and values.")]
    [TestCase("name: x\nmodel: &m {}", "2:8: anchors ('&m') are not supported in recipes; write the value out where it is used.")]
    [TestCase("name: x\nmodel: *m", "2:8: aliases ('*name') are not supported in recipes; write the value out.")]
    [TestCase("name: !!str x", "1:7: tags ('tag:yaml.org,2002:str') are not supported in recipes; the type follows from the key, so remove it.")]
    [TestCase("name: x\n---\nname: y", "2:1: a second document starts here; a recipe is one document, so remove the line '---' or split the file.")]
    [TestCase("name: x\n[a]: y", "2:1: a key must be a name, not a list.")]
    public void Bind_OneError_NamesPlaceValueAndRemedy(string yaml, string expected) =>
        Assert.That(SampleRecipe.MessageFor(yaml), Is.EqualTo("recipes/x.yaml: 1 error\n  recipes/x.yaml:" + expected));

    [TestCase("name: 'x", 1)]
    [TestCase("name: x\nmodel: {\nseed: 1", 2)]
    [TestCase("name: x\n\tmodel: 3", 1)]
    [TestCase("name: x\n  seed: 3", 2)]
    public void Bind_BrokenSyntax_NamesTheLine(string yaml, int line) =>
        Assert.That(SampleRecipe.MessageFor(yaml), Does.Match($"^recipes/x.yaml: 1 error\n  recipes/x.yaml:{line}:[0-9]+: this is not YAML: .*[.]$"));

    [Test]
    public void Bind_NestedBeyondReason_IsRefused() =>
        Assert.That(SampleRecipe.MessageFor("name: " + new string('[', 5000)), Does.Contain("more than 32 levels of nesting"));

    [Test]
    public void BindFile_NotThere_SaysSo()
    {
        var file = Path.Combine(TestContext.CurrentContext.WorkDirectory, "absent", "x.yaml");
        var failure = Assert.Throws<RecipeException>(() => YamlBinder.BindFile<SampleRecipe>(file))!;
        Assert.That(failure.Message, Does.StartWith($"{file}: 1 error\n  {file}: the file cannot be read: "));
    }

    [Test]
    public void BindFile_NotUtf8_SaysSo()
    {
        var file = Path.GetTempFileName();
        File.WriteAllBytes(file, [0x6e, 0xff, 0xfe]);
        var failure = Assert.Throws<RecipeException>(() => YamlBinder.BindFile<SampleRecipe>(file))!;
        File.Delete(file);
        Assert.That(failure.Message, Is.EqualTo($"{file}: 1 error\n  {file}: the file is not UTF-8 text; save it as UTF-8."));
    }
}
