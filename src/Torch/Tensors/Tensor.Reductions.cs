using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    // Reductions, order and normalisation. Each follows the operator of the same name in PyTorch.
    // TorchSharp's overloads make sum(0) a sum with dtype 0 (uint8), since the literal 0 converts to an enum: write sum(dim: 0).
    public partial class Tensor
    {
        public Tensor sum(ScalarType? type = null) => Op.sum.Call(this, type);

        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => Op.sum_dim.Call(this, new[] { dim }, keepdim, type);

        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => Op.sum_dim.Call(this, dim, keepdim, type);

        public Tensor mean() => Op.mean.Call(this);

        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) => Op.mean_dim.Call(this, dimensions, keepdim, type);

        public Tensor var(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Typed(type).Reduce(Op.var, dim, unbiased, keepdim);

        public Tensor std(bool unbiased = true) => Op.std.Call(this, Argument.None, unbiased);

        public Tensor norm(float p = 2) => Op.norm.Call(this, p);

        public Tensor norm(int dim, bool keepdim = false, float p = 2) => Op.norm_dim.Call(this, p, new long[] { dim }, keepdim);

        public Tensor max() => Op.max.Call(this);

        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) => Op.max_dim.CallPair(this, dim, keepdim);

        public Tensor min() => Op.min.Call(this);

        public Tensor amax(params long[] dims) => Op.amax.Call(this, dims);

        public Tensor argmax(long dim, bool keepdim = false) => Op.argmax.Call(this, dim, keepdim);

        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true) =>
            Op.topk.CallPair(this, k, dim, largest, sorted);

        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false, bool stable = false) =>
            Op.sort.CallPair(this, stable, dim, descending);

        public Tensor cumsum(long dim, ScalarType? type = null) => Op.cumsum.Call(this, dim, type);

        public Tensor logsumexp(long dim, bool keepdim = false) => Op.logsumexp.Call(this, new[] { dim }, keepdim);

        public Tensor softmax(long dim, ScalarType? dtype = null) => Op.softmax.Call(this, dim, dtype);

        public Tensor log_softmax(long dim, ScalarType? dtype = null) => Op.log_softmax.Call(this, dim, dtype);

        public Tensor all() => Op.all.Call(this);

        public Tensor any() => Op.any.Call(this);

        public Tensor any(long dim, bool keepdim = false) => Op.any_dim.Call(this, dim, keepdim);

        public bool allclose(Tensor target, double rtol = 1E-05, double atol = 1E-08, bool equal_nan = false) =>
            Op.allclose.CallScalar(this, target, rtol, atol, equal_nan).Real != 0;

        public Tensor multinomial(long num_samples, bool replacement = false, Generator? generator = null) =>
            Op.multinomial.Call(this, num_samples, replacement, generator);

        private Tensor Typed(ScalarType? type) => type is null || type == dtype ? this : to(type.Value);

        private Tensor Reduce(Operator op, long dim, bool unbiased, bool keepdim) => op.Call(this, new[] { dim }, unbiased, keepdim);
    }
}
