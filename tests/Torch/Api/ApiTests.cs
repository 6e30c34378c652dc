using System.Reflection;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Torch.Tests.Api;

/// <summary>src/Torch against the list of TorchSharp's API: what a program sees of a type that both have is the same.</summary>
public sealed class ApiTests
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly ApiList Api = ApiList.Load();

    /// <summary>Types of our own beside TorchSharp's; nothing outside src/Torch may use them but by catching their bases.</summary>
    private static readonly string[] OwnTypes = ["TorchError", "TorchException"];

    /// <summary>
    /// The one deliberate difference: a <see cref="Scalar"/> is a value here and a disposable object there, so that no call allocates
    /// and none can lose its arguments to the collector. <c>Scalar? x = null</c> here is <c>Scalar x = null</c> there.
    /// </summary>
    private static readonly Dictionary<string, string> OtherKinds = new() { ["Scalar"] = "struct" };

    [Test]
    public void PublicTypes_OfSrcTorch_AreTorchSharpsOrListedAsOurOwn()
    {
        var unknown = PublicTypes().Select(SignatureFormatter.KeyOf).Where(key => !Api.Contains(key));
        Assert.That(unknown, Is.EquivalentTo(OwnTypes));
    }

    [TestCaseSource(nameof(SharedTypes))]
    public void Members_OfASharedType_AreThoseOfTorchSharp(Type type)
    {
        var key = SignatureFormatter.KeyOf(type);
        var theirs = Api.MembersOf(key).ToHashSet();
        var unlike = VisibleMembers(type).Where(member => !Matches(member, theirs)).Select(SignatureFormatter.Format);
        Assert.That(unlike, Is.Empty, $"members of {key} that TorchSharp does not have, or not so");
    }

    [TestCaseSource(nameof(SharedTypes))]
    public void Kind_OfASharedType_IsThatOfTorchSharp(Type type)
    {
        var key = SignatureFormatter.KeyOf(type);
        var kind = SignatureFormatter.KindOf(type);
        if (OtherKinds.TryGetValue(key, out var deliberate)) Assert.That(kind, Is.EqualTo(deliberate));
        else Assert.That(Api.Find(key).Heading, Does.StartWith(kind + " "));
    }

    [TestCaseSource(nameof(SharedClasses))]
    public void Bases_OfASharedClass_AreAmongThoseOfTorchSharp(Type type) =>
        Assert.That(SignatureFormatter.BasesOf(type), Is.SubsetOf(Api.BasesOf(SignatureFormatter.KeyOf(type))));

    [Test]
    public void List_OfTheApi_HoldsWhatItIsKnownToHold()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Api.MembersOf("torch.Tensor"), Does.Contain("public torch.Tensor add(torch.Tensor target)"));
            Assert.That(Api.MembersOf("TorchSharp.Modules.AdamW"), Does.Contain("public void load_state_dict(string location)"), "through a base type");
            Assert.That(Api.MembersOf("torch.nn.Module`2"), Does.Contain("public TResult call(T input)"));
            Assert.That(Api.MembersOf("torch.Tensor"), Does.Not.Contain("public torch.Tensor add(torch.Tensor other)"));
        });
    }

    private static IEnumerable<Type> PublicTypes() => typeof(Tensor).Assembly.GetExportedTypes();

    private static IEnumerable<Type> SharedTypes() => PublicTypes().Where(type => Api.Contains(SignatureFormatter.KeyOf(type)));

    private static IEnumerable<MemberInfo> VisibleMembers(Type type)
    {
        if (type.IsEnum) return [];
        return type.GetMembers(Declared).Where(member => member switch
        {
            ConstructorInfo { IsStatic: true } => false,
            ConstructorInfo constructor => SignatureFormatter.IsVisible(constructor),
            MethodInfo method => SignatureFormatter.IsVisible(method) && !IsAccessor(method) && !OverridesObject(method),
            PropertyInfo property => SignatureFormatter.IsVisible(property.GetMethod) || SignatureFormatter.IsVisible(property.SetMethod),
            FieldInfo field => field.IsPublic || field.IsFamily,
            EventInfo => true, // TorchSharp has none
            _ => false,
        });
    }

    private static bool Matches(MemberInfo member, HashSet<string> theirs)
    {
        if (member is not PropertyInfo property) return theirs.Contains(SignatureFormatter.Format(member));
        return theirs.Contains(SignatureFormatter.Format(member))
            || (!SignatureFormatter.IsVisible(property.SetMethod)
                && theirs.Contains(SignatureFormatter.Format(member).Replace("{ get; }", "{ get; set; }", StringComparison.Ordinal)));
    }

    private static bool IsAccessor(MethodInfo method) => method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal);

    private static bool OverridesObject(MethodInfo method) => method.GetBaseDefinition().DeclaringType == typeof(object);

    [TestCaseSource(nameof(SharedEnums))]
    public void Values_OfASharedEnum_AreThoseOfTorchSharp(Type type)
    {
        var theirs = Api.Find(SignatureFormatter.KeyOf(type)).Members.SelectMany(line => line.Split(", "));
        var ours = Enum.GetNames(type).Select(name => $"{name}={Convert.ToInt64(Enum.Parse(type, name))}");
        Assert.That(ours, Is.SubsetOf(theirs));
    }

    private static IEnumerable<Type> SharedClasses() => SharedTypes().Where(type => !type.IsValueType);

    private static IEnumerable<Type> SharedEnums() => SharedTypes().Where(type => type.IsEnum);
}
