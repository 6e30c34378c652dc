using System.Reflection;

namespace Lhts.Trainer.Recipes.Yaml;

/// <summary>Makes records to be filled.</summary>
internal static class RecordFactory
{
    /// <summary>The method by which the compiler implements <c>with</c>.</summary>
    private const string CloneMethod = "<Clone>$";

    /// <summary>A record with its defaults.</summary>
    /// <exception cref="InvalidOperationException">
    /// The type cannot be a part of a recipe: a fault of the program, not of the recipe.
    /// </exception>
    public static object Create(Type type)
    {
        if (!IsRecord(type) || type.GetConstructor(Type.EmptyTypes) is null)
        {
            throw new InvalidOperationException($"{type} is no record with a constructor without parameters, and has no converter.");
        }

        return Activator.CreateInstance(type)!;
    }

    /// <summary>
    /// Puts something in place of required members that were not given: it lasts until the errors are reported, and lets checks look at the rest meanwhile.
    /// </summary>
    public static void FillRequired(object record)
    {
        foreach (var key in YamlNames.Keys(record.GetType())
            .Where(key => key is { IsRequired: true, IsNullable: false } && key.Property.GetValue(record) is null))
        {
            var type = key.Property.PropertyType;
            if (type == typeof(string)) key.Property.SetValue(record, "");
            if (!IsRecord(type) || type.GetConstructor(Type.EmptyTypes) is null) continue;
            var part = Create(type);
            FillRequired(part);
            key.Property.SetValue(record, part);
        }
    }

    /// <summary>A copy of a record.</summary>
    public static object Copy(object record) => record.GetType().GetMethod(CloneMethod)!.Invoke(record, null)!;

    /// <summary>Whether a type is a record class.</summary>
    public static bool IsRecord(Type type) => type.GetMethod(CloneMethod, BindingFlags.Public | BindingFlags.Instance) is not null;
}
