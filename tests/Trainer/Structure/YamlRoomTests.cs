using System.Reflection;
using Lhts.Trainer.Recipes.Yaml;

namespace Lhts.Trainer.Tests.Structure;

/// <summary>The YAML binder is a room that knows no recipe: it could be lifted out as it is.</summary>
public sealed class YamlRoomTests
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly string Room = typeof(YamlBinder).Namespace!;

    [Test]
    public void Room_OfTheBinder_RefersToNothingElseOfTheProject()
    {
        var types = typeof(YamlBinder).Assembly.GetTypes().Where(type => type.Namespace == Room);
        var others = types.SelectMany(type => Used(type).Select(used => (type, used))).Where(pair => IsOther(pair.used))
            .Select(pair => $"{pair.type.Name}: {pair.used}");
        Assert.That(others.Distinct(), Is.Empty);
    }

    private static bool IsOther(Type type) =>
        type.Namespace is { } name && name.StartsWith("Lhts.", StringComparison.Ordinal) && name != Room;

    private static IEnumerable<Type> Used(Type type) =>
    [
        .. type.GetFields(All).Select(field => field.FieldType),
        .. type.GetMethods(All).SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType)),
        .. type.GetMethods(All).SelectMany(method => method.GetMethodBody()?.LocalVariables.Select(local => local.LocalType) ?? []),
        .. type.GetInterfaces(),
        type.BaseType ?? typeof(object),
    ];
}
