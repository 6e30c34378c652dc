using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;

namespace Lhts.Torch.Tests.Api;

/// <summary>
/// What the other projects call of src/Torch, read from their built assemblies: TorchSharp has all of it. The signatures are
/// compared by <see cref="ApiTests"/>, which covers every public member; here no project may lean on a type of our own.
/// </summary>
public sealed class CallerTests
{
    private const string Binding = "Lhts.Torch";
    private const string Extensions = "Lhts.Extensions.dll";

    private static readonly ApiList Api = ApiList.Load();

    [TestCaseSource(nameof(Assemblies))]
    public void Calls_IntoSrcTorch_AreOfMembersThatTorchSharpHas(string assembly)
    {
        using var file = File.OpenRead(Path.Combine(assembly == Extensions ? AppContext.BaseDirectory : Folder, assembly));
        using var image = new PEReader(file);
        var reader = image.GetMetadataReader();
        var types = reader.TypeReferences.Select(handle => Describe(reader, handle)).OfType<string>();
        var members = reader.MemberReferences.Select(handle => Describe(reader, reader.GetMemberReference(handle))).OfType<(string, string)>();
        Assert.Multiple(() =>
        {
            Assert.That(types.Where(key => !Api.Contains(key)), Is.Empty, "types");
            Assert.That(members.Where(member => !Has(member.Item1, member.Item2)), Is.Empty, "members");
        });
    }

    [Test]
    public void Callers_OfSrcTorch_AreRead() =>
        Assert.That(Assemblies(), Is.SupersetOf(new[] { "Lhts.Models.dll", "Lhts.Objectives.dll", "Lhts.Sampling.dll", "Lhts.Evaluation.dll", "lhts.dll" }));

    /// <summary>The trainer's output beside that of these tests: it holds every project.</summary>
    private static string Folder =>
        Path.Combine(AppContext.BaseDirectory, "..", "..", "Trainer", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)));

    private static IEnumerable<string> Assemblies() =>
        Directory.EnumerateFiles(Folder, "*.dll").Select(path => Path.GetFileName(path))
            .Where(name => name.StartsWith("lhts", StringComparison.OrdinalIgnoreCase) && name != Binding + ".dll")
            .Append(Extensions).Distinct();

    /// <summary>Whether TorchSharp's type has a constructor, indexer, property accessor, method or field of this name in metadata.</summary>
    private static bool Has(string type, string member)
    {
        var name = type[(type.LastIndexOf('.') + 1)..].Split('`')[0];
        var pattern = member switch
        {
            ".ctor" => $@" {name}\(",
            "get_Item" => @" this\[.*\{ get;",
            "set_Item" => @" this\[.* set; \}",
            _ => $@" {member}(\(|<|$)",
        };
        if (member.StartsWith("get_", StringComparison.Ordinal)) pattern += $@"| {member[4..]} \{{ get;";
        if (member.StartsWith("set_", StringComparison.Ordinal)) pattern += $@"| {member[4..]} \{{.* set; \}}";
        return Api.MembersOf(type).Any(line => Regex.IsMatch(line, pattern));
    }

    /// <summary>The list's key of a type of src/Torch, null for any other type.</summary>
    private static string? Describe(MetadataReader reader, TypeReferenceHandle handle)
    {
        var type = reader.GetTypeReference(handle);
        var name = reader.GetString(type.Name);
        switch (type.ResolutionScope.Kind)
        {
            case HandleKind.TypeReference:
                var outer = Describe(reader, (TypeReferenceHandle)type.ResolutionScope);
                return outer is null ? null : $"{outer}.{name}";
            case HandleKind.AssemblyReference:
                var assembly = reader.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope);
                if (reader.GetString(assembly.Name) != Binding) return null;
                var space = reader.GetString(type.Namespace);
                return space == "TorchSharp" ? name : $"{space}.{name}";
            default:
                return null;
        }
    }

    private static (string Type, string Member)? Describe(MetadataReader reader, MemberReference member)
    {
        var parent = member.Parent;
        if (parent.Kind == HandleKind.TypeSpecification) parent = GenericType(reader, (TypeSpecificationHandle)parent);
        if (parent.Kind != HandleKind.TypeReference) return null;
        var type = Describe(reader, (TypeReferenceHandle)parent);
        return type is null ? null : (type, reader.GetString(member.Name));
    }

    /// <summary>The type that a constructed type is made from, as in <c>Module&lt;Tensor, Tensor&gt;</c>.</summary>
    private static EntityHandle GenericType(MetadataReader reader, TypeSpecificationHandle handle)
    {
        var blob = reader.GetBlobReader(reader.GetTypeSpecification(handle).Signature);
        if (blob.ReadSignatureTypeCode() != SignatureTypeCode.GenericTypeInstance) return default;
        blob.ReadSignatureTypeCode();
        return blob.ReadTypeHandle();
    }
}
