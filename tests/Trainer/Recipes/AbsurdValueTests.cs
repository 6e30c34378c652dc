using Lhts.Trainer.Hosting;
using Lhts.Launching;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Recipes.Yaml;

namespace Lhts.Trainer.Tests.Recipes;

/// <summary>Each key of a recipe with values that nobody means: each is refused with a message, or is one that the run's parts can be made from.</summary>
public sealed class AbsurdValueTests
{
    private static readonly string[] Values =
    [
        "-1", "0", "1", "-2147483648", "2147483647", "3000000000", "9223372036854775807", "-9223372036854775808", "99999999999999999999", "1e-320", "1e300",
        "-1e300", "0.5",
        ".inf", "-.inf", ".nan", "\"\"", "\" \"", "\"\\0\"", "\"\\ud800\"", "a/../../b", "null", "true", "[]", "[1e300]", "[0]", "[null]", "[[1]]", "{}",
        "{min: 1e300, max: 1e300}",
        "{kind: nothing}", "\"a\\nb\"",
    ];

    [Test]
    public void Key_WithAnAbsurdValue_IsRefusedOrUsable()
    {
        var accepted = new List<string>();
        Assert.Multiple(() =>
        {
            foreach (var (path, form) in Paths(typeof(Recipe), ""))
            {
                foreach (var value in Values) Try(path, form.Replace("VALUE", value, StringComparison.Ordinal), accepted);
            }
        });
        TestContext.Out.WriteLine(string.Join('\n', accepted));
        Assert.That(accepted, Is.Not.Empty);
    }

    private static void Try(string path, string value, List<string> accepted)
    {
        try
        {
            var bound = RecipeReader.Parse("name: x\ndata: {path: y}\n", "r.yaml", new YamlOverride("--set", path, value));
            LaunchPlan.Read(RunLaunch.Of(bound), 1, _ => null);
            TrainingHost.OptionsOf(bound, new RankEnvironment());
            RecipeReader.Write(bound);
            accepted.Add($"{path}={value}");
        }
        catch (Exception failure) when (failure is RecipeException or LaunchException or InvalidDataException)
        {
            Assert.That(failure.Message, Does.Not.Contain("(Parameter "));
        }
        catch (Exception failure)
        {
            Assert.Fail($"{path}={value}: {failure.GetType().Name}: {failure.Message}");
        }
    }

    /// <summary>Each key with how a value is given to it; the keys of a kind with their kind beside them.</summary>
    private static IEnumerable<(string Path, string Form)> Paths(Type type, string prefix)
    {
        foreach (var key in YamlNames.Keys(type))
        {
            var (path, inner) = (prefix + key.Name, key.Property.PropertyType);
            yield return (path, "VALUE");
            foreach (var (kind, options) in RecipeForm.Form.KindsOf(inner)?.Kinds ?? new Dictionary<string, Type>())
            {
                foreach (var own in YamlNames.Keys(options)) yield return (path, $"{{kind: {kind}, {own.Name}: VALUE}}");
            }

            if (!RecordFactory.IsRecord(inner) || inner.IsAbstract) continue;
            foreach (var below in Paths(inner, path + ".")) yield return below;
        }
    }
}
