using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using TorchSharp;
using TorchSharp.Native;

namespace Lhts.Torch.Tests;

/// <summary>What the native libraries are told before they are loaded.</summary>
public sealed partial class KernelsTests
{
    [Test]
    public void Name_OfAProcessorWithAvx512_IsOneThatOpenBlasKnows()
    {
        Assert.That(Kernels.BestFor(hasAvx512: true), Is.EqualTo("SkylakeX"));
        Assert.That(Kernels.BestFor(hasAvx512: false), Is.Null, "it is left to find one");
    }

    [Test]
    public void Variables_OfTheNativeSide_AreSetUnlessTheUserHas()
    {
        Assert.That(torch.get_num_threads(), Is.GreaterThan(0), "the library is loaded");
        if (Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null)
        {
            Assert.That(NativeValueOf("GOMP_SPINCOUNT"), Is.EqualTo(Environment.GetEnvironmentVariable("GOMP_SPINCOUNT") ?? "5000"));
        }

        var given = Environment.GetEnvironmentVariable("OPENBLAS_CORETYPE");
        var own = Avx512F.IsSupported ? "SkylakeX" : null;
        Assert.That(NativeValueOf("OPENBLAS_CORETYPE"), Is.EqualTo(string.IsNullOrEmpty(given) ? own : given));
    }

    private static string? NativeValueOf(string name) => Marshal.PtrToStringUTF8(GetVariable(name));

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial IntPtr GetVariable(string name);
}
