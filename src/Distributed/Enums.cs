namespace Lhts.Distributed;

/// <summary>What carries the collectives.</summary>
public enum Backend
{
    /// <summary>TCP between processes; tensors on the CPU.</summary>
    Gloo = 0,

    /// <summary>NVIDIA's library; tensors on CUDA devices. There where libtorch was built with it.</summary>
    Nccl = 1,
}

/// <summary>How the tensors of the ranks become one.</summary>
public enum ReduceOp
{
    /// <summary>Their sum.</summary>
    SUM = 0,

    /// <summary>The largest of each element.</summary>
    MAX = 1,

    /// <summary>The smallest of each element.</summary>
    MIN = 2,
}
