using TorchSharp.Modules;
using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        private static long numEmbeddings;

        /// <summary>How a loss over elements becomes one number.</summary>
        public enum Reduction : long
        {
            None = 0,
            Mean = 1,
            Sum = 2,
        }

        /// <summary>A linear map, initialised uniformly within 1/sqrt(inputSize) (PyTorch's default).</summary>
        public static Linear Linear(long inputSize, long outputSize, bool hasBias = true, Device? device = null, ScalarType? dtype = null)
        {
            var bound = 1 / Math.Sqrt(inputSize);
            using var scope = NewDisposeScope();
            var weight = new Parameter(init.uniform_(empty([outputSize, inputSize], dtype, device), -bound, bound));
            var bias = hasBias ? new Parameter(init.uniform_(empty([outputSize], dtype, device), -bound, bound)) : null;
            return new Linear(weight, bias);
        }

        /// <summary>
        /// A table of rows, initialised from the standard normal distribution by a generator of its own: whoever sets the rows afterwards, as a loader does,
        /// has moved no other draw.
        /// </summary>
        public static Embedding Embedding(long num_embeddings, long embedding_dims, long? padding_idx = null, double? max_norm = null, double norm_type = 2,
            bool scale_grad_by_freq = false, bool sparse = false, Device? device = null, ScalarType? dtype = null)
        {
            if (padding_idx is not null || max_norm is not null || scale_grad_by_freq || sparse)
            {
                throw new NotSupportedException("Embedding: padding_idx, max_norm, scale_grad_by_freq and sparse are not supported.");
            }

            using var generator = new Generator((ulong)Interlocked.Increment(ref numEmbeddings), device);
            return new Embedding(new Parameter(empty([num_embeddings, embedding_dims], dtype, device).normal_(0, 1, generator)));
        }

        /// <summary>Layer normalisation over the last dimension.</summary>
        public static LayerNorm LayerNorm(
            long normalized_shape, double eps = 1E-05, bool elementwise_affine = true, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
            LayerNorm([normalized_shape], eps, elementwise_affine, bias, device, dtype);

        /// <summary>Layer normalisation over the last dimensions.</summary>
        public static LayerNorm LayerNorm(
            long[] normalized_shape, double eps = 1E-05, bool elementwise_affine = true, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
            new(
                normalized_shape,
                eps,
                elementwise_affine ? new Parameter(ones(normalized_shape, dtype, device)) : null,
                elementwise_affine && bias ? new Parameter(zeros(normalized_shape, dtype, device)) : null);

        /// <summary>Modules by position.</summary>
        public static ModuleList<T> ModuleList<T>(params T[] modules)
            where T : Module => new(modules);

        /// <summary>Layers as functions.</summary>
        public static class functional
        {
            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) => Op.linear.Call(input, weights, bias);

            public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1E-05) =>
                Op.layer_norm.Call(input, normalized_shape, weight, bias, eps);

            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false) =>
                training && p > 0 ? Op.dropout.Call(input, p, true) : input.alias();

            public static Tensor gelu(Tensor x) => x.gelu();

            public static Tensor gelu(Tensor x, GELU.Approximate approximate, bool inplace = false) =>
                approximate == GELU.Approximate.tanh ? Fused.Gelu(x) ?? Op.gelu.Call(x, "tanh") : Op.gelu.Call(x, "none");

            public static Tensor cross_entropy(Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100,
                Reduction reduction = Reduction.Mean, double label_smoothing = 0) =>
                Op.cross_entropy.Call(input, target, weight, (long)reduction, ignore_index, label_smoothing);

            /// <summary>
            /// softmax(q k^T / sqrt(d) + mask) v. Query (..., L, d), key and value (..., S, d); a bool mask is true where attention is allowed.
            /// </summary>
            public static Tensor scaled_dot_product_attention(
                Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null, double p = 0, bool is_casual = false) =>
                (p == 0 ? Attention.OfOwnKernels(query, key, value, attn_mask, is_casual) : null)
                ?? (Op.attention.Exists
                    ? Op.attention.Call(query, key, value, attn_mask, p, is_casual)
                    : Attention.Composed(query, key, value, attn_mask, p, is_casual));
        }

        /// <summary>Initial values, in place and outside the graph.</summary>
        public static class init
        {
            public static Tensor uniform_(Tensor tensor, double low = 0, double high = 1, Generator? generator = null) =>
                Outside(tensor, t => t.uniform_(low, high, generator));

            private static Tensor Outside(Tensor tensor, Action<Tensor> fill)
            {
                using var noGrad = no_grad();
                fill(tensor);
                return tensor;
            }
        }

        /// <summary>Gradients of many parameters.</summary>
        public static class utils
        {
            /// <summary>Scales the gradients so that their joint norm is at most <paramref name="max_norm"/>; gives the norm before.</summary>
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2)
            {
                using var scope = NewDisposeScope();
                using var noGrad = no_grad();
                var gradients = tensors.Select(t => t.grad).OfType<Tensor>().ToArray();
                if (gradients.Length == 0) return 0;
                var norms = Op.foreach_norm.CallList(gradients, norm_type);
                var total = stack(norms).norm((float)norm_type).item<double>();
                var scale = max_norm / (total + 1e-6); // the epsilon is PyTorch's
                if (scale < 1) Op.foreach_mul_scalar_.Run(gradients, scale);
                return total;
            }
        }
    }
}
