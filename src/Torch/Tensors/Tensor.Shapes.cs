using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    // Products, views, joins and indexing. Each follows the operator of the same name in PyTorch.
    public partial class Tensor
    {
        public Tensor matmul(Tensor target) => Op.matmul.Call(this, target);

        public Tensor mm(Tensor target) => Op.mm.Call(this, target);

        public Tensor view(params long[] shape) => Op.view.Call(this, shape);

        public Tensor reshape(params long[] shape) => Op.reshape.Call(this, shape);

        public Tensor transpose(long dim0, long dim1) => Op.transpose.Call(this, dim0, dim1);

        public Tensor t() => ndim < 2 ? alias() : Op.transpose.Call(this, 0, 1);

        public Tensor expand(params long[] sizes) => Op.expand.Call(this, sizes);

        public Tensor repeat(params long[] sizes) => Op.repeat.Call(this, sizes);

        public Tensor squeeze(long? dim = null) => dim is null ? Op.squeeze.Call(this) : Op.squeeze_dim.Call(this, dim.Value);

        public Tensor unsqueeze(long dim) => Op.unsqueeze.Call(this, dim);

        public Tensor select(long dim, long index) => Op.select.Call(this, dim, index);

        public Tensor slice(long dim, long start, long finish, long step) => Op.slice.Call(this, dim, start, finish, step);

        public Tensor narrow(long dim, long start, long length) => Op.narrow.Call(this, dim, start, length);

        public Tensor[] split(long size, int dim = 0) => Op.split.CallList(this, size, dim);

        public Tensor[] chunk(long chunks, long dim = 0) => Op.chunk.CallList(this, chunks, dim);

        public Tensor[] unbind(long dimension = 0) => Op.unbind.CallList(this, dimension);

        public Tensor flip(params long[] dims) => Op.flip.Call(this, dims);

        public Tensor tril(long diagonal = 0) => Op.tril.Call(this, diagonal);

        public Tensor gather(long dim, Tensor index) => Op.gather.Call(this, dim, index);

        public Tensor scatter(long dim, Tensor index, Tensor src) => Op.scatter.Call(this, dim, index, src);

        public Tensor scatter_add(long dim, Tensor index, Tensor src) => Op.scatter_add.Call(this, dim, index, src);

        public Tensor index_copy_(long dim, Tensor index, Tensor source) => Op.index_copy_.RunOn(this, dim, index, source);

        public Tensor scatter_(long dim, Tensor index, Tensor src) => Op.scatter_.RunOn(this, dim, index, src);

        public Tensor scatter_add_(long dim, Tensor index, Tensor src) => Op.scatter_add_.RunOn(this, dim, index, src);

        public Tensor index_select(long dim, Tensor index) => Op.index_select.Call(this, dim, index);

        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha)
        {
            Op.index_add_.Run(this, dim, index, source, alpha);
            return this;
        }

        public Tensor index(params Tensor[] indices) => Op.index.Call(this, indices);

        /// <summary>Indexing as in PyTorch: numbers, slices, ellipsis, new axes and at most index tensors.</summary>
        public Tensor this[params TensorIndex[] indices]
        {
            get => TensorIndex.Get(this, indices);
            set => TensorIndex.Set(this, indices, value);
        }

        /// <summary>Indexing by index or mask tensors.</summary>
        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        /// <summary>The part at an index of the first dimension.</summary>
        public Tensor this[long i1]
        {
            get => select(0, i1);
            set => select(0, i1).copy_(value);
        }

        /// <summary>The part at indices of the first two dimensions.</summary>
        public Tensor this[long i1, long i2]
        {
            get => select(0, i1).select(0, i2);
            set => select(0, i1).select(0, i2).copy_(value);
        }

        public Tensor index_put_(Tensor value, params Tensor[] indices) => Op.index_put_.RunOn(this, indices, value);
    }
}
