using System.Security.Cryptography;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Distributed;

/// <summary>Makes parameters the same on all ranks, and makes sure that they are.</summary>
public static class ParameterSync
{
    /// <summary>Gives every rank the tensors of rank 0.</summary>
    public static void Broadcast(ProcessGroup group, IReadOnlyList<Tensor> tensors)
    {
        using var noGrad = no_grad();
        var works = tensors.Select(tensor => group.broadcast(tensor, src: 0, async_op: true)).ToArray();
        foreach (var work in works)
        {
            work.Wait();
            work.Dispose();
        }
    }

    /// <summary>Compares the bytes of tensors over the ranks by their SHA-256.</summary>
    /// <returns>The first rank that differs from rank 0; null where all are equal.</returns>
    public static int? FindDifference(ProcessGroup group, IReadOnlyList<Tensor> tensors)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var device = tensors.Count > 0 ? tensors[0].device : CPU;
        var own = tensor(HashOf(tensors), device: device);
        var all = Enumerable.Range(0, group.WorldSize).Select(_ => empty_like(own)).ToArray();
        group.all_gather(all, own).Dispose();
        var different = Array.FindIndex(all, hash => !hash.eq(all[0]).all().cpu().item<bool>());
        return different < 0 ? null : different;
    }

    private static byte[] HashOf(IEnumerable<Tensor> tensors)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var tensor in tensors)
        {
            using var scope = NewDisposeScope();
            hash.AppendData(tensor.detach().cpu().contiguous().bytes);
        }

        return hash.GetHashAndReset();
    }
}
