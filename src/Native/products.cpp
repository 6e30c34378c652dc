// Products of bfloat16 matrices on the CPU whose sums stay float32 (AMX where the processor has it): libtorch's own round them to bfloat16, which for
// logits is too coarse. Compiled in where CMake finds oneDNN's headers, whose library Debian's libtorch uses too.
#include "lhts.h"

#include <stdexcept>

#if LHTS_DNNL
#include <dnnl.hpp>
#endif

using namespace lhts;

namespace {

#if LHTS_DNNL

using Memory = dnnl::memory;

const dnnl::engine& engine() {
  static const dnnl::engine processor(dnnl::engine::kind::cpu, 0);
  return processor;
}

bool available() {
  const auto needed = static_cast<unsigned>(dnnl::cpu_isa::avx512_core_bf16);
  return (static_cast<unsigned>(dnnl::get_effective_cpu_isa()) & needed) == needed;
}

Memory memory_of(const at::Tensor& matrix, Memory::data_type type) {
  const Memory::desc layout({matrix.size(0), matrix.size(1)}, type, Memory::dims{matrix.stride(0), matrix.stride(1)});
  return Memory(layout, engine(), matrix.data_ptr());
}

dnnl::matmul matmul_of(const Memory::desc& a, const Memory::desc& b, const Memory::desc& out) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl::matmul(dnnl::matmul::primitive_desc(engine(), a, b, out));
#else
  return dnnl::matmul(dnnl::matmul::primitive_desc(dnnl::matmul::desc(a, b, out), engine()));
#endif
}

void multiply(const at::Tensor& a, const at::Tensor& b, const at::Tensor& out) {
  const bool fits = a.dim() == 2 && b.dim() == 2 && out.dim() == 2 && a.size(1) == b.size(0) && out.size(0) == a.size(0) && out.size(1) == b.size(1);
  const bool has_types = a.scalar_type() == at::kBFloat16 && b.scalar_type() == at::kBFloat16 && out.scalar_type() == at::kFloat;
  TORCH_CHECK(fits && has_types, "a product takes (m, k) and (k, n) of bfloat16 and gives (m, n) of float32");
  const bool is_here = a.device().is_cpu() && b.device().is_cpu() && out.device().is_cpu();
  TORCH_CHECK(is_here && out.is_contiguous(), "a product is made on the CPU, into contiguous memory");
  if (out.numel() == 0) return;
  if (a.size(1) == 0) {
    out.zero_();
    return;
  }
  auto from = memory_of(a, Memory::data_type::bf16), by = memory_of(b, Memory::data_type::bf16), to = memory_of(out, Memory::data_type::f32);
  dnnl::stream stream(engine());
  matmul_of(from.get_desc(), by.get_desc(), to.get_desc()).execute(stream, {{DNNL_ARG_SRC, from}, {DNNL_ARG_WEIGHTS, by}, {DNNL_ARG_DST, to}});
  stream.wait();
}

#else

bool available() { return false; }
void multiply(const at::Tensor&, const at::Tensor&, const at::Tensor&) { throw std::runtime_error("liblhts.so was built without oneDNN's headers"); }

#endif

}  // namespace

/// 1 where the function below works and the processor multiplies bfloat16 by itself.
LHTS_API int lhts_product_available() { return available(); }

/// a (m, k) times b (k, n), bfloat16 with any strides, to out (m, n) in float32.
LHTS_API int lhts_product(const at::Tensor* a, const at::Tensor* b, const at::Tensor* out) {
  return guarded([=] { multiply(tensor_of(a), tensor_of(b), tensor_of(out)); });
}
