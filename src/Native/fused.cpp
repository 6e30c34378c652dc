// Operators of this library's own for float32 on the CPU, registered beside libtorch's: causal attention and GELU without the large tensors between
// their parts, and attention of one position over a cache. Called only where the processor has AVX-512 (TorchSharp.Native.Kernels).
#include "lhts.h"
#include "kernels.h"

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <tuple>
#include <vector>

namespace {

using lhts::kernels::OutRows;
using lhts::kernels::Rows;
using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

constexpr int64_t kElementsPerTask = 1 << 14;

/// (B, H, L, D) whose last dimension is contiguous.
at::Tensor with_rows(const at::Tensor& tensor) {
  TORCH_CHECK(tensor.dim() == 4 && tensor.scalar_type() == at::kFloat && tensor.device().is_cpu(), "fused attention takes (B, H, L, D) of float32 on the CPU");
  return tensor.stride(3) == 1 ? tensor : tensor.contiguous();
}

/// (B, H, L, D) as it is laid out by a reshape to (B*L, H*D), which the next product then need not copy.
at::Tensor joined_like(const at::Tensor& tensor) {
  return at::empty({tensor.size(0), tensor.size(2), tensor.size(1), tensor.size(3)}, tensor.options()).transpose(1, 2);
}

Rows rows_of(const at::Tensor& tensor, int64_t b, int64_t h) {
  return {tensor.data_ptr<float>() + b * tensor.stride(0) + h * tensor.stride(1), tensor.stride(2)};
}

OutRows out_rows_of(const at::Tensor& tensor, int64_t b, int64_t h) {
  return {tensor.data_ptr<float>() + b * tensor.stride(0) + h * tensor.stride(1), tensor.stride(2)};
}

void check(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
  TORCH_CHECK(k.sizes() == v.sizes() && q.size(0) == k.size(0) && q.size(1) == k.size(1) && q.size(3) == k.size(3), "fused attention: shapes differ");
  TORCH_CHECK(q.size(3) % lhts::kernels::kLane == 0 && q.size(3) <= lhts::kernels::kMaxWidth, "fused attention: heads are multiples of 16 wide, up to 128");
}

/// Every head of every row by itself, over the threads.
template <class Work>
void for_each_head(const at::Tensor& tensor, Work work) {
  const int64_t heads = tensor.size(1);
  at::parallel_for(0, tensor.size(0) * heads, 1, [&](int64_t begin, int64_t end) {
    std::vector<float> scratch(lhts::kernels::scratch_size(tensor.size(2), tensor.size(3)));
    for (int64_t i = begin; i < end; ++i) work(i / heads, i % heads, scratch.data());
  });
}

std::tuple<at::Tensor, at::Tensor> attend(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value) {
  const auto q = with_rows(query), k = with_rows(key), v = with_rows(value);
  check(q, k, v);
  TORCH_CHECK(q.size(2) == k.size(2), "causal attention: as many queries as keys");
  const auto out = joined_like(q);
  const auto log_sums = at::empty({q.size(0), q.size(1), q.size(2)}, q.options());
  for_each_head(q, [&](int64_t b, int64_t h, float* scratch) {
    lhts::kernels::attend(rows_of(q, b, h), rows_of(k, b, h), rows_of(v, b, h), q.size(2), q.size(3), scratch, out_rows_of(out, b, h),
                          log_sums.data_ptr<float>() + (b * q.size(1) + h) * q.size(2));
  });
  return {out, log_sums};
}

class CausalAttention final : public Function<CausalAttention> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& query, const at::Tensor& key, const at::Tensor& value) {
    at::AutoDispatchBelowADInplaceOrView below;
    auto [out, log_sums] = attend(query, key, value);
    context->save_for_backward({query, key, value, out, log_sums});
    return out;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto q = with_rows(saved[0]), k = with_rows(saved[1]), v = with_rows(saved[2]), out = with_rows(saved[3]);
    const auto& log_sums = saved[4];
    const auto gradient = with_rows(gradients[0]);
    const auto dq = joined_like(q), dk = joined_like(q), dv = joined_like(q);
    for_each_head(q, [&](int64_t b, int64_t h, float* scratch) {
      lhts::kernels::attend_backward(
          rows_of(q, b, h), rows_of(k, b, h), rows_of(v, b, h), rows_of(out, b, h), log_sums.data_ptr<float>() + (b * q.size(1) + h) * q.size(2),
          rows_of(gradient, b, h), q.size(2), q.size(3), scratch, out_rows_of(dq, b, h), out_rows_of(dk, b, h), out_rows_of(dv, b, h));
    });
    return {dq, dk, dv};
  }
};

at::Tensor causal_attention(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value) {
  return std::get<0>(attend(query, key, value));
}

at::Tensor causal_attention_autograd(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value) {
  return CausalAttention::apply(query, key, value);
}

/// query (B, H, 1, D), key and value (B, H, S, D), mask (B, 1, 1, S) -> (B, H, 1, D). Without gradients.
at::Tensor cached_attention(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value, const c10::optional<at::Tensor>& mask) {
  const auto q = with_rows(query), k = with_rows(key), v = with_rows(value);
  check(q, k, v);
  TORCH_CHECK(q.size(2) == 1, "cached attention: one query");
  const auto m = mask.has_value() && mask->defined() ? mask->expand({q.size(0), 1, 1, k.size(2)}).contiguous() : at::Tensor();
  const auto out = joined_like(q);
  const int64_t heads = q.size(1), keys = k.size(2), width = q.size(3);
  const int64_t grain = std::max<int64_t>(1, kElementsPerTask / std::max<int64_t>(1, keys * width));
  at::parallel_for(0, q.size(0) * heads, grain, [&](int64_t begin, int64_t end) {
    std::vector<float> scratch(keys + lhts::kernels::kLane);
    for (int64_t i = begin; i < end; ++i) {
      const int64_t b = i / heads, h = i % heads;
      lhts::kernels::attend_one(rows_of(q, b, h).data, rows_of(k, b, h), rows_of(v, b, h), m.defined() ? m.data_ptr<float>() + b * keys : nullptr, keys,
                                width, scratch.data(), out_rows_of(out, b, h).data);
    }
  });
  return out;
}

at::Tensor tanh_gelu(const at::Tensor& input) {
  TORCH_CHECK(input.scalar_type() == at::kFloat && input.device().is_cpu(), "fused GELU takes float32 on the CPU");
  const auto x = input.contiguous();
  const auto y = at::empty_like(x);
  at::parallel_for(0, x.numel(), kElementsPerTask, [&](int64_t begin, int64_t end) {
    lhts::kernels::gelu(x.data_ptr<float>() + begin, y.data_ptr<float>() + begin, end - begin);
  });
  return y;
}

class Gelu final : public Function<Gelu> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& input) {
    at::AutoDispatchBelowADInplaceOrView below;
    context->save_for_backward({input});
    return tanh_gelu(input);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto x = context->get_saved_variables()[0].contiguous();
    const auto gradient = gradients[0].contiguous();
    const auto result = at::empty_like(x);
    at::parallel_for(0, x.numel(), kElementsPerTask, [&](int64_t begin, int64_t end) {
      lhts::kernels::gelu_backward(x.data_ptr<float>() + begin, gradient.data_ptr<float>() + begin, result.data_ptr<float>() + begin, end - begin);
    });
    return {result};
  }
};

at::Tensor gelu_autograd(const at::Tensor& input) { return Gelu::apply(input); }

}  // namespace

TORCH_LIBRARY(lhts, m) {
  m.def("causal_attention(Tensor query, Tensor key, Tensor value) -> Tensor");
  m.def("cached_attention(Tensor query, Tensor key, Tensor value, Tensor? mask) -> Tensor");
  m.def("gelu(Tensor input) -> Tensor");
}

TORCH_LIBRARY_IMPL(lhts, CPU, m) {
  m.impl("causal_attention", TORCH_FN(causal_attention));
  m.impl("cached_attention", TORCH_FN(cached_attention));
  m.impl("gelu", TORCH_FN(tanh_gelu));
}

TORCH_LIBRARY_IMPL(lhts, AutogradCPU, m) {
  m.impl("causal_attention", TORCH_FN(causal_attention_autograd));
  m.impl("gelu", TORCH_FN(gelu_autograd));
}
