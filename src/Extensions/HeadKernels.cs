using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Extensions;

// N rows, V vocabulary.

/// <summary>
/// The end of a language model's head in one pass over each row of logits while it is in the cache: float32 on the CPU, processors with AVX-512
/// (src/Native/head.cpp). Composed from operators the same goes through memory a dozen times.
/// </summary>
public static unsafe partial class HeadKernels
{
    private const string Library = "lhts";

    private static readonly Lazy<bool> Available = new(() => NativeExtensions.WhyMissing is null && lhts_head_available() != 0);

    /// <summary>Whether logits are of the kind that the kernels take, on a processor that has them.</summary>
    public static bool Take(Tensor logits) => logits.dtype == ScalarType.Float32 && logits.device_type == DeviceType.CPU && Available.Value;

    /// <summary>log q(target).</summary>
    /// <param name="logits">(N, V), contiguous.</param>
    /// <param name="targets">(N) or (N, 1) int64.</param>
    /// <returns>(N) float32.</returns>
    public static Tensor LogProbs(Tensor logits, Tensor targets)
    {
        var result = empty([logits.shape[0]]);
        NativeExtensions.Check(lhts_head_log_probs(logits.Handle, targets.Handle, result.Handle));
        KeepAlive(logits, targets, result);
        return result;
    }

    /// <summary>Turns logits into the derivative of c * -log q(target) + k * divergence, in place.</summary>
    /// <param name="logits">(N, V), contiguous.</param>
    /// <param name="targets">(N) or (N, 1) int64.</param>
    /// <param name="scale">(N) or (N, 1): c.</param>
    /// <param name="teacher">What the divergence is from; <see langword="null"/> without one.</param>
    /// <param name="control">What is taken off c; <see langword="null"/> for nothing.</param>
    /// <returns>log q(target), (N), and the divergences, (N) or <see langword="null"/>; float32.</returns>
    public static (Tensor LogProbs, Tensor? Divergences) Differentiate(
        Tensor logits, Tensor targets, Tensor scale, HeadTeacher? teacher = null, HeadControl? control = null)
    {
        var logProbs = empty([logits.shape[0]]);
        var divergences = teacher is null ? null : empty([logits.shape[0]]);
        NativeExtensions.Check(lhts_head_differentiate(
            logits.Handle, targets.Handle, scale.Handle, HandleOf(teacher?.Logits), HandleOf(teacher?.Factors), HandleOf(teacher?.Scale),
            teacher?.IsOfStudent == true ? 1 : 0, HandleOf(control?.LogProbs), HandleOf(control?.Scale), control?.Clip ?? double.PositiveInfinity,
            logProbs.Handle, HandleOf(divergences)));
        KeepAlive(logits, targets, scale, teacher?.Logits, teacher?.Factors, teacher?.Scale, control?.LogProbs, control?.Scale, logProbs, divergences);
        return (logProbs, divergences);
    }

    private static IntPtr HandleOf(Tensor? tensor) => tensor is null ? IntPtr.Zero : tensor.Handle;

    private static void KeepAlive(params ReadOnlySpan<Tensor?> tensors)
    {
        foreach (var tensor in tensors) GC.KeepAlive(tensor);
    }

    [LibraryImport(Library)] private static partial int lhts_head_available();

    [LibraryImport(Library)] private static partial int lhts_head_log_probs(IntPtr logits, IntPtr targets, IntPtr logProbs);

    [LibraryImport(Library)]
    private static partial int lhts_head_differentiate(
        IntPtr logits, IntPtr targets, IntPtr scale, IntPtr teacher, IntPtr factors, IntPtr teacherScale, int isStudents, IntPtr control,
        IntPtr controlScale, double controlClip, IntPtr logProbs, IntPtr divergences);
}

/// <summary>The other side of a divergence.</summary>
/// <param name="Logits">(N, V) float32.</param>
/// <param name="Factors">(N) or (N, 1): what the logits are multiplied by; <see langword="null"/> for nothing.</param>
/// <param name="Scale">(N) or (N, 1): k.</param>
/// <param name="IsOfStudent">KL(q||p) with p the teacher; else KL(p||q).</param>
public sealed record HeadTeacher(Tensor Logits, Tensor? Factors, Tensor Scale, bool IsOfStudent);

/// <summary>exp(min(log q(target) - LogProbs, Clip)) * Scale is taken off c.</summary>
/// <param name="LogProbs">(N) or (N, 1).</param>
/// <param name="Scale">(N) or (N, 1).</param>
/// <param name="Clip">Infinity for none.</param>
public sealed record HeadControl(Tensor LogProbs, Tensor Scale, double Clip);
