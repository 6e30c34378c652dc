namespace TorchSharp;

public static partial class torch
{
    /// <summary>One item of an index expression: a number, a slice, an ellipsis, a new axis or a tensor.</summary>
    public readonly struct TensorIndex
    {
        private enum Form
        {
            Slice,
            Number,
            Ellipsis,
            NewAxis,
            Tensor,
        }

        private readonly Form form;
        private readonly long? start;
        private readonly long? stop;
        private readonly long? step;
        private readonly torch.Tensor? tensor;

        private TensorIndex(Form form, long? start = null, long? stop = null, long? step = null, torch.Tensor? tensor = null) =>
            (this.form, this.start, this.stop, this.step, this.tensor) = (form, start, stop, step, tensor);

        /// <summary>As many full slices as fill the rank.</summary>
        public static readonly TensorIndex Ellipsis = new(Form.Ellipsis);

        /// <summary>A new axis of size 1.</summary>
        public static readonly TensorIndex None = new(Form.NewAxis);

        /// <summary>A new axis of size 1.</summary>
        public static readonly TensorIndex Null = new(Form.NewAxis);

        /// <summary>The whole dimension.</summary>
        public static readonly TensorIndex Colon = new(Form.Slice);

        /// <summary>A slice; a negative bound counts from the end.</summary>
        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) => new(Form.Slice, start, stop, step);

        /// <summary>A slice of a range.</summary>
        public static TensorIndex Slice(Range range) => range;

        /// <summary>One position, which drops the dimension.</summary>
        public static TensorIndex Single(long? index) => new(Form.Number, index);

        /// <summary>An index or mask tensor.</summary>
        public static TensorIndex Tensor(torch.Tensor tensor) => new(Form.Tensor, tensor: tensor);

        public static implicit operator TensorIndex(long value) => Single(value);

        public static implicit operator TensorIndex(Index index) => Single(index.IsFromEnd ? -index.Value : index.Value);

        public static implicit operator TensorIndex(Range range) => new(
            Form.Slice,
            range.Start.IsFromEnd ? -range.Start.Value : range.Start.Value,
            range.End.IsFromEnd ? (range.End.Value == 0 ? null : -range.End.Value) : range.End.Value);

        internal static torch.Tensor Get(torch.Tensor source, TensorIndex[] indices)
        {
            var (view, tensors) = View(source, indices);
            return tensors is null ? view : Native.Op.index.Call(view, tensors);
        }

        internal static void Set(torch.Tensor target, TensorIndex[] indices, torch.Tensor value)
        {
            var (view, tensors) = View(target, indices);
            if (tensors is null) view.copy_(value);
            else Native.Op.index_put_.Run(view, tensors, value);
        }

        /// <summary>The view that the basic items give, and the index tensors by its dimensions (null where there are none).</summary>
        private static (torch.Tensor View, torch.Tensor?[]? Tensors) View(torch.Tensor source, TensorIndex[] indices)
        {
            var used = indices.Count(i => i.form is Form.Slice or Form.Number or Form.Tensor);
            var view = source;
            var dimension = 0;
            List<torch.Tensor?>? tensors = null;
            foreach (var item in indices)
            {
                switch (item.form)
                {
                    case Form.Number:
                        view = view.select(dimension, item.start!.Value);
                        break;
                    case Form.Slice:
                        if (item is not { start: null, stop: null, step: null })
                        {
                            view = view.slice(dimension, item.start ?? 0, item.stop ?? long.MaxValue, item.step ?? 1);
                        }

                        dimension++;
                        break;
                    case Form.Ellipsis:
                        dimension += (int)source.ndim - used;
                        break;
                    case Form.NewAxis:
                        view = view.unsqueeze(dimension++);
                        break;
                    default:
                        tensors ??= [];
                        while (tensors.Count < dimension) tensors.Add(null);
                        tensors.Add(item.tensor);
                        dimension++;
                        break;
                }
            }

            return (ReferenceEquals(view, source) && tensors is null ? source.alias() : view, tensors?.ToArray());
        }
    }
}
