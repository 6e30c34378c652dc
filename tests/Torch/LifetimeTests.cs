using System.Reflection;
using Lhts.Testing;
using TorchSharp;
using TorchSharp.Native;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Lhts.Torch.Tests;

/// <summary>What must stay alive during a call does, what a failed call leaves behind is freed, and settings of a thread stay on it.</summary>
public sealed class LifetimeTests : TensorTest
{
    private const BindingFlags Declared =
        BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>
    /// Between the last use of the accessor and the read, a collection may finalize the tensor. That window is a few instructions, so this reads the code:
    /// who has the pointer in hand mentions the tensor once more.
    /// </summary>
    [Test]
    public void Accessor_WhereItHasThePointer_KeepsTheTensorAlive()
    {
        var type = typeof(TensorAccessor<float>);
        var pointer = type.GetField("start", Declared)!;
        var locate = type.GetMethod("Locate", Declared)!;
        var touching = type.GetMethods(Declared)
            .Where(method => method != locate && Members(method).Any(member => member.Name == pointer.Name || member.Name == locate.Name)).ToArray();
        Assert.That(touching, Has.Length.GreaterThanOrEqualTo(4), "indexer and copies");
        Assert.That(touching.Where(method => !Members(method).Any(member => member.Name == nameof(GC.KeepAlive))).Select(method => method.Name), Is.Empty);
    }

    [Test]
    public void Info_OfATensor_KeepsItAliveDuringTheCall() =>
        Assert.That(Members(typeof(Tensor).GetMethod("Info", Declared)!).Select(member => member.Name), Does.Contain(nameof(GC.KeepAlive)));

    [Test]
    public void Results_WithAnUndefinedOneAmongThem_LeaveNoneAlive()
    {
        var x = ones(2);
        var before = Tensor.TotalCount;
        IntPtr[] handles = [x.alias().DecoupleFromNativeHandle(), IntPtr.Zero, x.alias().DecoupleFromNativeHandle()];
        Assert.That(() => Tensor.OwnAll(handles), Throws.TypeOf<TorchException>().With.Message.Contains("undefined"));
        Assert.That(Tensor.TotalCount, Is.EqualTo(before));
    }

    [Test]
    public void Call_ForMoreResultsThanThereAre_FreesThoseThatCame()
    {
        var x = ones(2);
        var before = Tensor.TotalCount;
        Assert.That(() => new Operator("aten::nonzero").CallPair(x), Throws.TypeOf<TorchException>());
        Assert.That(() => new Operator("aten::unbind", "int").CallPair(x), Throws.TypeOf<TorchException>(), "a list first");
        Assert.That(Tensor.TotalCount, Is.EqualTo(before));
    }

    private static IEnumerable<TestCaseData> Guards() =>
    [
        new TestCaseData((Func<IDisposable>)no_grad).SetArgDisplayNames(nameof(no_grad)),
        new TestCaseData(() => enable_grad()).SetArgDisplayNames(nameof(enable_grad)),
        new TestCaseData(() => set_grad_enabled(false)).SetArgDisplayNames(nameof(set_grad_enabled)),
        new TestCaseData(() => inference_mode()).SetArgDisplayNames(nameof(inference_mode)),
    ];

    [TestCaseSource(nameof(Guards))]
    public void Guard_ClosedOnAnotherThread_SaysSoAndChangesNothing(Func<IDisposable> open)
    {
        var before = (is_grad_enabled(), is_inference_mode_enabled());
        using (var guard = open())
        {
            var inside = (is_grad_enabled(), is_inference_mode_enabled());
            var closing = Task.Factory.StartNew(guard.Dispose, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            Assert.That(() => closing.GetAwaiter().GetResult(), Throws.InvalidOperationException.With.Message.Contains("thread"));
            Assert.That((is_grad_enabled(), is_inference_mode_enabled()), Is.EqualTo(inside));
        }

        Assert.That((is_grad_enabled(), is_inference_mode_enabled()), Is.EqualTo(before));
    }

    [TestCaseSource(nameof(Guards))]
    public void Guard_ClosedTwice_RestoresOnce(Func<IDisposable> open)
    {
        var guard = open();
        guard.Dispose();
        using var inner = no_grad();
        guard.Dispose();
        Assert.That(is_grad_enabled(), Is.False);
    }

    /// <summary>The fields and methods that a method's code names.</summary>
    private static IEnumerable<MemberInfo> Members(MethodInfo method)
    {
        const byte LoadField = 0x7B, Call = 0x28, CallVirtual = 0x6F;
        var code = method.GetMethodBody()!.GetILAsByteArray()!;
        for (var i = 0; i + sizeof(int) < code.Length; i++)
        {
            if (code[i] is not (LoadField or Call or CallVirtual)) continue;
            if (Resolve(method, BitConverter.ToInt32(code, i + 1)) is { } member) yield return member;
        }
    }

    private static MemberInfo? Resolve(MethodInfo method, int token)
    {
        try
        {
            return method.Module.ResolveMember(token, method.DeclaringType!.GetGenericArguments(), method.GetGenericArguments());
        }
        catch (ArgumentException)
        {
            return null; // another instruction's bytes
        }
    }
}
