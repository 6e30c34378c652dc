namespace TorchSharp.Native;

/// <summary>The operators in use, by schema; a new one costs one line. `_` at the end marks an operator that works in place.</summary>
internal static class Op
{
    private static Operator Find(string name, string overload = "") => new("aten::" + name, overload);

    // Factories and copies.
    internal static readonly Operator empty = Find("empty", "memory_format");
    internal static readonly Operator empty_like = Find("empty_like");
    internal static readonly Operator zeros = Find("zeros");
    internal static readonly Operator zeros_like = Find("zeros_like");
    internal static readonly Operator ones = Find("ones");
    internal static readonly Operator ones_like = Find("ones_like");
    internal static readonly Operator full = Find("full");
    internal static readonly Operator full_like = Find("full_like");
    internal static readonly Operator arange = Find("arange", "start_step");
    internal static readonly Operator rand = Find("rand", "generator");
    internal static readonly Operator randn = Find("randn", "generator");
    internal static readonly Operator randint = Find("randint", "low_generator");
    internal static readonly Operator clone = Find("clone");
    internal static readonly Operator copy_ = Find("copy_");
    internal static readonly Operator detach = Find("detach");
    internal static readonly Operator to_dtype = Find("to", "dtype");
    internal static readonly Operator to_device = Find("to", "device");
    internal static readonly Operator contiguous = Find("contiguous");
    internal static readonly Operator pin_memory = Find("pin_memory");
    internal static readonly Operator is_pinned = Find("is_pinned");
    internal static readonly Operator item = Find("item");
    internal static readonly Operator fill_ = Find("fill_", "Scalar");
    internal static readonly Operator zero_ = Find("zero_");
    internal static readonly Operator normal_ = Find("normal_");
    internal static readonly Operator uniform_ = Find("uniform_");
    internal static readonly Operator multinomial = Find("multinomial");

    // Arithmetic.
    internal static readonly Operator add = Find("add", "Tensor");
    internal static readonly Operator add_ = Find("add_", "Tensor");
    internal static readonly Operator add_scalar = Find("add", "Scalar");
    internal static readonly Operator add_scalar_ = Find("add_", "Scalar");
    internal static readonly Operator sub = Find("sub", "Tensor");
    internal static readonly Operator sub_ = Find("sub_", "Tensor");
    internal static readonly Operator sub_scalar = Find("sub", "Scalar");
    internal static readonly Operator sub_scalar_ = Find("sub_", "Scalar");
    internal static readonly Operator rsub_scalar = Find("rsub", "Scalar");
    internal static readonly Operator mul = Find("mul", "Tensor");
    internal static readonly Operator mul_ = Find("mul_", "Tensor");
    internal static readonly Operator mul_scalar = Find("mul", "Scalar");
    internal static readonly Operator mul_scalar_ = Find("mul_", "Scalar");
    internal static readonly Operator div = Find("div", "Tensor");
    internal static readonly Operator div_scalar = Find("div", "Scalar");
    internal static readonly Operator div_scalar_ = Find("div_", "Scalar");
    internal static readonly Operator div_mode = Find("div", "Tensor_mode");
    internal static readonly Operator div_scalar_mode = Find("div", "Scalar_mode");
    internal static readonly Operator div_scalar_mode_ = Find("div_", "Scalar_mode");
    internal static readonly Operator remainder = Find("remainder", "Scalar");
    internal static readonly Operator pow = Find("pow", "Tensor_Scalar");
    internal static readonly Operator lerp = Find("lerp", "Tensor");
    internal static readonly Operator maximum = Find("maximum");
    internal static readonly Operator minimum = Find("minimum");
    internal static readonly Operator clamp = Find("clamp");
    internal static readonly Operator clamp_ = Find("clamp_");
    internal static readonly Operator abs = Find("abs");
    internal static readonly Operator neg = Find("neg");
    internal static readonly Operator exp = Find("exp");
    internal static readonly Operator log = Find("log");
    internal static readonly Operator sqrt = Find("sqrt");
    internal static readonly Operator sqrt_ = Find("sqrt_");
    internal static readonly Operator square = Find("square");
    internal static readonly Operator reciprocal = Find("reciprocal");
    internal static readonly Operator floor = Find("floor");
    internal static readonly Operator tanh = Find("tanh");
    internal static readonly Operator relu = Find("relu");
    internal static readonly Operator gelu = Find("gelu");

    // Comparison and logic.
    internal static readonly Operator eq = Find("eq", "Tensor");
    internal static readonly Operator eq_scalar = Find("eq", "Scalar");
    internal static readonly Operator ne = Find("ne", "Tensor");
    internal static readonly Operator ne_scalar = Find("ne", "Scalar");
    internal static readonly Operator lt = Find("lt", "Tensor");
    internal static readonly Operator lt_scalar = Find("lt", "Scalar");
    internal static readonly Operator le = Find("le", "Tensor");
    internal static readonly Operator le_scalar = Find("le", "Scalar");
    internal static readonly Operator gt = Find("gt", "Tensor");
    internal static readonly Operator gt_scalar = Find("gt", "Scalar");
    internal static readonly Operator ge = Find("ge", "Tensor");
    internal static readonly Operator ge_scalar = Find("ge", "Scalar");
    internal static readonly Operator logical_and = Find("logical_and");
    internal static readonly Operator logical_or = Find("logical_or");
    internal static readonly Operator logical_not = Find("logical_not");
    internal static readonly Operator bitwise_and = Find("bitwise_and", "Tensor");
    internal static readonly Operator bitwise_or = Find("bitwise_or", "Tensor");
    internal static readonly Operator bitwise_not = Find("bitwise_not");
    internal static readonly Operator isfinite = Find("isfinite");
    internal static readonly Operator all = Find("all");
    internal static readonly Operator any = Find("any");
    internal static readonly Operator any_dim = Find("any", "dim");
    internal static readonly Operator allclose = Find("allclose");
    internal static readonly Operator where = Find("where", "self");

    // Reductions and order.
    internal static readonly Operator sum = Find("sum");
    internal static readonly Operator sum_dim = Find("sum", "dim_IntList");
    internal static readonly Operator mean = Find("mean");
    internal static readonly Operator mean_dim = Find("mean", "dim");
    internal static readonly Operator var = Find("var", "dim");
    internal static readonly Operator std = Find("std", "dim");
    internal static readonly Operator norm = Find("norm", "Scalar");
    internal static readonly Operator norm_dim = Find("norm", "ScalarOpt_dim");
    internal static readonly Operator max = Find("max");
    internal static readonly Operator max_dim = Find("max", "dim");
    internal static readonly Operator min = Find("min");
    internal static readonly Operator amax = Find("amax");
    internal static readonly Operator argmax = Find("argmax");
    internal static readonly Operator topk = Find("topk");
    internal static readonly Operator sort = Find("sort", "stable");
    internal static readonly Operator cumsum = Find("cumsum");
    internal static readonly Operator logsumexp = Find("logsumexp");
    internal static readonly Operator softmax = Find("softmax", "int");
    internal static readonly Operator log_softmax = Find("log_softmax", "int");

    // Shape and indexing.
    internal static readonly Operator view = Find("view");
    internal static readonly Operator reshape = Find("reshape");
    internal static readonly Operator transpose = Find("transpose", "int");
    internal static readonly Operator expand = Find("expand");
    internal static readonly Operator repeat = Find("repeat");
    internal static readonly Operator squeeze = Find("squeeze");
    internal static readonly Operator squeeze_dim = Find("squeeze", "dim");
    internal static readonly Operator unsqueeze = Find("unsqueeze");
    internal static readonly Operator select = Find("select", "int");
    internal static readonly Operator slice = Find("slice", "Tensor");
    internal static readonly Operator narrow = Find("narrow");
    internal static readonly Operator split = Find("split", "Tensor");
    internal static readonly Operator chunk = Find("chunk");
    internal static readonly Operator unbind = Find("unbind", "int");
    internal static readonly Operator cat = Find("cat");
    internal static readonly Operator stack = Find("stack");
    internal static readonly Operator flip = Find("flip");
    internal static readonly Operator index = Find("index", "Tensor");
    internal static readonly Operator index_put_ = Find("index_put_");
    internal static readonly Operator index_select = Find("index_select");
    internal static readonly Operator index_add_ = Find("index_add_");
    internal static readonly Operator gather = Find("gather");
    internal static readonly Operator index_copy_ = Find("index_copy_");
    internal static readonly Operator scatter = Find("scatter", "src");
    internal static readonly Operator scatter_add = Find("scatter_add");
    internal static readonly Operator scatter_ = Find("scatter_", "src");
    internal static readonly Operator scatter_add_ = Find("scatter_add_");
    internal static readonly Operator masked_fill = Find("masked_fill", "Scalar");
    internal static readonly Operator masked_fill_ = Find("masked_fill_", "Scalar");
    internal static readonly Operator masked_select = Find("masked_select");
    internal static readonly Operator tril = Find("tril");

    // Products and layers.
    internal static readonly Operator matmul = Find("matmul");
    internal static readonly Operator mm = Find("mm");
    internal static readonly Operator addmm = Find("addmm");
    internal static readonly Operator linear = Find("linear");
    internal static readonly Operator embedding = Find("embedding");
    internal static readonly Operator layer_norm = Find("layer_norm");
    internal static readonly Operator dropout = Find("dropout");
    internal static readonly Operator cross_entropy = Find("cross_entropy_loss");
    internal static readonly Operator attention = Find("scaled_dot_product_attention");

    // Of this library (src/Native/fused.cpp).
    internal static readonly Operator fused_gelu = new("lhts::gelu");
    internal static readonly Operator fused_causal_attention = new("lhts::causal_attention");
    internal static readonly Operator fused_cached_attention = new("lhts::cached_attention");

    // Over lists of tensors.
    internal static readonly Operator foreach_add_scalar_ = Find("_foreach_add_", "Scalar");
    internal static readonly Operator foreach_add_ = Find("_foreach_add_", "List");
    internal static readonly Operator foreach_mul_scalar_ = Find("_foreach_mul_", "Scalar");
    internal static readonly Operator foreach_addcmul_ = Find("_foreach_addcmul_", "Scalar");
    internal static readonly Operator foreach_addcdiv_ = Find("_foreach_addcdiv_", "Scalar");
    internal static readonly Operator foreach_sqrt = Find("_foreach_sqrt");
    internal static readonly Operator foreach_div_scalar_ = Find("_foreach_div_", "Scalar");
    internal static readonly Operator fused_adamw_ = Find("_fused_adamw_"); // since 2.0 for CUDA, since 2.4 for the CPU
    internal static readonly Operator foreach_norm = Find("_foreach_norm", "Scalar");
}
