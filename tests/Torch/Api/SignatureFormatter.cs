using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Lhts.Torch.Tests.Api;

/// <summary>Writes reflection's types and members as the list of TorchSharp's API does.</summary>
internal static class SignatureFormatter
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void", [typeof(object)] = "object", [typeof(string)] = "string", [typeof(bool)] = "bool", [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte", [typeof(short)] = "short", [typeof(int)] = "int", [typeof(long)] = "long", [typeof(ulong)] = "ulong",
        [typeof(float)] = "float", [typeof(double)] = "double", [typeof(char)] = "char",
    };

    /// <summary>The list's key of a type: name and number of type parameters.</summary>
    public static string KeyOf(Type type)
    {
        var name = type.Name;
        if (type.DeclaringType is not null) return $"{KeyOf(type.DeclaringType)}.{name}";
        return Qualify(type, name);
    }

    /// <summary>The words before a type's name: its kind and whether it is sealed, static or abstract.</summary>
    public static string KindOf(Type type)
    {
        if (type.IsEnum) return "enum";
        if (type.IsValueType) return "struct";
        if (type.IsInterface) return "interface";
        if (typeof(Delegate).IsAssignableFrom(type)) return "delegate";
        return (type.IsAbstract, type.IsSealed) switch
        {
            (true, true) => "static class",
            (true, false) => "abstract class",
            (false, true) => "sealed class",
            _ => "class",
        };
    }

    public static string Format(MemberInfo member) => member switch
    {
        ConstructorInfo constructor => $"{Access(constructor)}{NameOf(constructor.DeclaringType!)}({Parameters(constructor)})",
        MethodInfo method => Method(method),
        PropertyInfo property => Property(property, property.GetMethod, property.SetMethod),
        FieldInfo { IsLiteral: true } field => $"{Access(field)}const {TypeName(field.FieldType)} {field.Name}",
        FieldInfo field => $"{Access(field)}{TypeName(field.FieldType)} {field.Name}",
        EventInfo happening => $"event {happening.Name}",
        Type type => type.Name,
        _ => throw new NotSupportedException($"{member.MemberType} {member.Name}"),
    };

    /// <summary>A property with only those of its accessors that are visible outside.</summary>
    public static string Property(PropertyInfo property, MethodInfo? getter, MethodInfo? setter)
    {
        var index = property.GetIndexParameters();
        var name = index.Length == 0 ? property.Name : $"this[{string.Join(", ", index.Select(Parameter))}]";
        var accessors = (IsVisible(getter) ? "get; " : "") + (IsVisible(setter) ? "set; " : "");
        return $"{Access((getter ?? setter)!)}{Returned(property.PropertyType, property)} {name} {{ {accessors}}}";
    }

    public static bool IsVisible(MethodBase? method) => method is { IsPublic: true } or { IsFamily: true } or { IsFamilyOrAssembly: true };

    private static string Method(MethodInfo method)
    {
        var generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(a => a.Name))}>" : "";
        return $"{Access(method)}{Returned(method.ReturnType, method.ReturnParameter)} {method.Name}{generic}({Parameters(method)}){Constraints(method)}";
    }

    /// <summary>What a generic method asks of its type arguments; <c>new()</c> is not in the list.</summary>
    private static string Constraints(MethodInfo method)
    {
        if (!method.IsGenericMethod) return "";
        var clauses = method.GetGenericArguments().Select(argument => (argument.Name, Bound: Constraint(argument))).Where(clause => clause.Bound.Length > 0);
        return string.Concat(clauses.Select(clause => $" where {clause.Name} : {clause.Bound}"));
    }

    private static string Constraint(Type argument)
    {
        if (argument.CustomAttributes.Any(attribute => attribute.AttributeType.Name == "IsUnmanagedAttribute")) return "unmanaged";
        if (argument.GenericParameterAttributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint)) return "struct";
        return string.Join(", ", argument.GetGenericParameterConstraints().Select(TypeName));
    }

    /// <summary>The keys of all public types that a type can stand for: its base classes and interfaces.</summary>
    public static IEnumerable<string> BasesOf(Type type)
    {
        var classes = Enumerable.Range(0, 10).Aggregate(new List<Type?> { type.BaseType }, (all, _) => [.. all, all[^1]?.BaseType]);
        return classes.Concat(type.GetInterfaces()).OfType<Type>()
            .Where(other => other.IsVisible && !other.IsAssignableFrom(typeof(string)) && other != typeof(ValueType) && other != typeof(Enum))
            .Select(other => KeyOf(other.IsGenericType ? other.GetGenericTypeDefinition() : other)).Distinct();
    }

    private static string Access(MethodBase method) => (method.IsPublic ? "public " : "protected ") + (method.IsStatic ? "static " : "");

    private static string Access(FieldInfo field) => (field.IsPublic ? "public " : "protected ") + (field.IsStatic && !field.IsLiteral ? "static " : "");

    private static string NameOf(Type type) => type.Name.Split('`')[0];

    private static string Parameters(MethodBase method)
    {
        var text = string.Join(", ", method.GetParameters().Select(Parameter));
        return method.IsDefined(typeof(ExtensionAttribute)) ? "this " + text : text;
    }

    private static string Parameter(ParameterInfo parameter)
    {
        var prefix = parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "";
        if (parameter.ParameterType.IsByRef) prefix = parameter.IsOut ? "out " : parameter.IsIn ? "in " : "ref ";
        var type = parameter.ParameterType.IsByRef ? parameter.ParameterType.GetElementType()! : parameter.ParameterType;
        var text = $"{prefix}{TypeName(type)} {parameter.Name}";
        return parameter.HasDefaultValue ? $"{text} = {Default(parameter, type)}" : text;
    }

    private static string Default(ParameterInfo parameter, Type type)
    {
        var declared = Nullable.GetUnderlyingType(type) ?? type;
        return parameter.DefaultValue switch
        {
            null => type.IsValueType && Nullable.GetUnderlyingType(type) is null ? "default" : "null",
            bool value => value ? "true" : "false",
            string value => $"\"{value}\"",
            var value when declared.IsEnum => $"{declared.Name}.{Enum.ToObject(declared, value)}",
            float value => value.ToString(CultureInfo.InvariantCulture) + "f",
            var value => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };
    }

    /// <summary>A returned type; element names of a tuple follow it where it is nested in another type.</summary>
    private static string Returned(Type type, ICustomAttributeProvider source)
    {
        var names = ((TupleElementNamesAttribute?)source.GetCustomAttributes(typeof(TupleElementNamesAttribute), false).FirstOrDefault())?.TransformNames;
        if (names is null) return TypeName(type);
        if (!IsTuple(type)) return $"{TypeName(type)} /*names: {string.Join(",", names)}*/";
        return $"({string.Join(", ", type.GetGenericArguments().Zip(names, (element, name) => $"{TypeName(element)} {name}"))})";
    }

    private static bool IsTuple(Type type) => type.IsGenericType && type.Name.StartsWith("ValueTuple`", StringComparison.Ordinal);

    private static string TypeName(Type type)
    {
        if (Keywords.TryGetValue(type, out var keyword)) return keyword;
        if (type.IsGenericParameter) return type.Name;
        if (type.IsArray) return $"{TypeName(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (Nullable.GetUnderlyingType(type) is { } value)
        {
            // Scalar is a class there: its absence is null. See ApiTests.
            return value == typeof(TorchSharp.Scalar) ? TypeName(value) : TypeName(value) + "?";
        }

        var arguments = type.IsGenericType ? type.GetGenericArguments().Select(TypeName).ToArray() : [];
        if (IsTuple(type)) return $"({string.Join(", ", arguments)})";
        var name = NameOf(type) + (arguments.Length > 0 && type.Name.Contains('`') ? $"<{string.Join(", ", arguments)}>" : "");
        return type.DeclaringType is not null ? $"{TypeName(type.DeclaringType)}.{name}" : Qualify(type, name);
    }

    /// <summary>TorchSharp's namespaces below the first are written; all others are not.</summary>
    private static string Qualify(Type type, string name) =>
        type.Namespace is { } space && space.StartsWith("TorchSharp.", StringComparison.Ordinal) ? $"{space}.{name}" : name;
}
