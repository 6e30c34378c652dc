using System.Text;

namespace TorchSharp.Native;

/// <summary>
/// An operator of libtorch by schema name, such as <c>aten::add</c> with overload <c>Tensor</c>. Its dispatcher handle is
/// looked up at the first call and kept. Arguments left off at the end take the schema's defaults.
/// </summary>
internal sealed unsafe class Operator(string name, string overload = "")
{
    private const int StackScratchWords = 64;

    private IntPtr handle;

    /// <summary>True where the libtorch in use has this operator.</summary>
    internal bool Exists => Find() != IntPtr.Zero;

    /// <summary>Calls the operator and takes its first result, a tensor.</summary>
    internal torch.Tensor Call(params ReadOnlySpan<Argument> arguments)
    {
        Value result;
        Invoke(arguments, &result, 1);
        return torch.Tensor.Own(result.Pointer);
    }

    /// <summary>Calls an operator that works in place, or whose results are not wanted.</summary>
    internal void Run(params ReadOnlySpan<Argument> arguments) => Invoke(arguments, null, 0);

    /// <summary>Calls an operator that works in place on <paramref name="self"/> and gives <paramref name="self"/> back.</summary>
    internal torch.Tensor RunOn(torch.Tensor self)
    {
        Invoke([self], null, 0);
        return self;
    }

    /// <inheritdoc cref="RunOn(torch.Tensor)"/>
    internal torch.Tensor RunOn(torch.Tensor self, Argument a)
    {
        Invoke([self, a], null, 0);
        return self;
    }

    /// <inheritdoc cref="RunOn(torch.Tensor)"/>
    internal torch.Tensor RunOn(torch.Tensor self, Argument a, Argument b)
    {
        Invoke([self, a, b], null, 0);
        return self;
    }

    /// <inheritdoc cref="RunOn(torch.Tensor)"/>
    internal torch.Tensor RunOn(torch.Tensor self, Argument a, Argument b, Argument c)
    {
        Invoke([self, a, b, c], null, 0);
        return self;
    }

    /// <summary>Calls the operator and takes its first two results, tensors.</summary>
    internal (torch.Tensor First, torch.Tensor Second) CallPair(params ReadOnlySpan<Argument> arguments)
    {
        var results = stackalloc Value[2];
        Invoke(arguments, results, 2);
        var tensors = torch.Tensor.OwnAll([results[0].Pointer, results[1].Pointer]);
        return (tensors[0], tensors[1]);
    }

    /// <summary>Calls the operator and takes its first result, a list of tensors.</summary>
    internal torch.Tensor[] CallList(params ReadOnlySpan<Argument> arguments)
    {
        Value result;
        Invoke(arguments, &result, 1);
        try
        {
            return torch.Tensor.OwnAll(new ReadOnlySpan<IntPtr>((void*)result.Pointer, result.Count));
        }
        finally
        {
            NativeMethods.lhts_free(result.Pointer);
        }
    }

    /// <summary>Calls the operator and takes its first result, a number or a truth value.</summary>
    internal Scalar CallScalar(params ReadOnlySpan<Argument> arguments)
    {
        Value result;
        Invoke(arguments, &result, 1);
        return new Scalar(result.Kind, result.Integer);
    }

    private IntPtr Find()
    {
        if (handle != IntPtr.Zero) return handle;
        IntPtr found;
        NativeMethods.Check(NativeMethods.lhts_operator_find(name, overload, &found));
        return handle = found;
    }

    private void Invoke(ReadOnlySpan<Argument> arguments, Value* results, int numResults)
    {
        var op = Find();
        if (op == IntPtr.Zero)
        {
            throw new TorchException(TorchError.InvalidArgument, $"libtorch {torch.NativeVersion} has no operator {this}");
        }

        var words = 0;
        foreach (ref readonly var argument in arguments) words += argument.ScratchWords;
        var scratch = stackalloc long[StackScratchWords];
        if (words > StackScratchWords)
        {
            fixed (long* heap = new long[words]) Invoke(op, arguments, heap, results, numResults);
        }
        else
        {
            Invoke(op, arguments, scratch, results, numResults);
        }
    }

    private void Invoke(IntPtr op, ReadOnlySpan<Argument> arguments, long* scratch, Value* results, int numResults)
    {
        var values = stackalloc Value[arguments.Length];
        for (var i = 0; i < arguments.Length; i++) scratch = Marshal(in arguments[i], values + i, scratch);
        var status = NativeMethods.lhts_operator_call(op, values, arguments.Length, results, numResults);
        foreach (ref readonly var argument in arguments) GC.KeepAlive(argument.Reference);
        if (status != 0) throw TorchException.FromLastError((TorchError)status, Describe(arguments));
    }

    private static long* Marshal(in Argument argument, Value* value, long* scratch)
    {
        value->Kind = argument.Kind;
        value->Count = 0;
        switch (argument.Kind)
        {
            case ValueKind.Tensor:
                value->Pointer = ((torch.Tensor)argument.Reference!).Handle;
                return scratch;
            case ValueKind.IntList:
                var integers = (long[])argument.Reference!;
                integers.CopyTo(new Span<long>(scratch, integers.Length));
                return Point(value, scratch, integers.Length, integers.Length);
            case ValueKind.DoubleList:
                var reals = (double[])argument.Reference!;
                reals.CopyTo(new Span<double>(scratch, reals.Length));
                return Point(value, scratch, reals.Length, reals.Length);
            case ValueKind.TensorList:
                var tensors = (torch.Tensor?[])argument.Reference!;
                for (var i = 0; i < tensors.Length; i++) scratch[i] = tensors[i]?.Handle ?? IntPtr.Zero;
                return Point(value, scratch, tensors.Length, tensors.Length);
            case ValueKind.String:
                var text = (string)argument.Reference!;
                var count = Encoding.UTF8.GetBytes(text, new Span<byte>(scratch, argument.ScratchWords * 8));
                return Point(value, scratch, count, argument.ScratchWords);
            default:
                value->Integer = argument.Bits;
                return scratch;
        }
    }

    private static long* Point(Value* value, long* scratch, int count, int words)
    {
        value->Pointer = (IntPtr)scratch;
        value->Count = count;
        return scratch + words;
    }

    private string Describe(ReadOnlySpan<Argument> arguments)
    {
        var text = new StringBuilder(ToString()).Append('(');
        for (var i = 0; i < arguments.Length; i++)
        {
            if (i > 0) text.Append(", ");
            text.Append(arguments[i].Kind switch
            {
                ValueKind.Tensor => ((torch.Tensor)arguments[i].Reference!).Describe(),
                ValueKind.TensorList => $"[{string.Join(", ", ((torch.Tensor?[])arguments[i].Reference!).Select(t => t?.Describe() ?? "none"))}]",
                ValueKind.IntList => $"[{string.Join(", ", (long[])arguments[i].Reference!)}]",
                ValueKind.Double => BitConverter.Int64BitsToDouble(arguments[i].Bits).ToString(System.Globalization.CultureInfo.InvariantCulture),
                ValueKind.None => "none",
                ValueKind.String => (string)arguments[i].Reference!,
                _ => arguments[i].Bits.ToString(System.Globalization.CultureInfo.InvariantCulture),
            });
        }

        return text.Append(')').ToString();
    }

    public override string ToString() => overload.Length == 0 ? name : $"{name}.{overload}";
}
