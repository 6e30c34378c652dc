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

    /// <summary>A copy of a record.</summary>
    public static object Copy(object record) => record.GetType().GetMethod(CloneMethod)!.Invoke(record, null)!;

    /// <summary>Whether a type is a record class.</summary>
    public static bool IsRecord(Type type) => type.GetMethod(CloneMethod, BindingFlags.Public | BindingFlags.Instance) is not null;
}
