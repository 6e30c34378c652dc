// AdamW over many parameters in one pass over memory. Each element goes through PyTorch's formula in PyTorch's order; the
// result does not depend on the number of threads or on the processor (no contraction into fused multiply-adds).
#include "lhts.h"

#include <ATen/Parallel.h>

#include <cmath>
#include <stdexcept>
#include <vector>

using namespace lhts;

namespace {

template <class T>
struct Factors {
  T decay, beta1, one_minus_beta1, beta2, one_minus_beta2, correction2, epsilon, rate;

  explicit Factors(const AdamWStep& s)
      : decay(static_cast<T>(1 - s.learning_rate * s.weight_decay)),
        beta1(static_cast<T>(s.beta1)),
        one_minus_beta1(static_cast<T>(1 - s.beta1)),
        beta2(static_cast<T>(s.beta2)),
        one_minus_beta2(static_cast<T>(1 - s.beta2)),
        correction2(static_cast<T>(std::sqrt(1 - std::pow(s.beta2, static_cast<double>(s.step))))),
        epsilon(static_cast<T>(s.epsilon)),
        rate(static_cast<T>(-s.learning_rate / (1 - std::pow(s.beta1, static_cast<double>(s.step))))) {}
};

template <class T>
inline __attribute__((always_inline)) void update(T* __restrict p, const T* __restrict g, T* __restrict m, T* __restrict v,
                                                  int64_t n, const Factors<T>& f) {
  for (int64_t i = 0; i < n; ++i) {
    const T gradient = g[i];
    const T average = m[i] * f.beta1 + f.one_minus_beta1 * gradient;
    const T square = v[i] * f.beta2 + f.one_minus_beta2 * gradient * gradient;
    m[i] = average;
    v[i] = square;
    p[i] = p[i] * f.decay + f.rate * (average / (std::sqrt(square) / f.correction2 + f.epsilon));
  }
}

// One build for every processor; the loader picks.
#if defined(__x86_64__) && defined(__GLIBC__)
#define LHTS_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define LHTS_CLONES
#endif

LHTS_CLONES void update_float(float* p, const float* g, float* m, float* v, int64_t n, const Factors<float>& f) {
  update(p, g, m, v, n, f);
}

LHTS_CLONES void update_double(double* p, const double* g, double* m, double* v, int64_t n, const Factors<double>& f) {
  update(p, g, m, v, n, f);
}

/// Small enough to balance the threads, large enough to make one dispatch cheap.
constexpr int64_t kChunk = 1 << 15;

struct Chunk {
  int32_t tensor;
  int64_t begin;
  int64_t end;
};

bool fits(const at::Tensor& tensor, const at::Tensor& parameter) {
  return tensor.device().is_cpu() && tensor.layout() == at::kStrided && tensor.is_contiguous() &&
         tensor.scalar_type() == parameter.scalar_type() && tensor.sizes() == parameter.sizes();
}

}  // namespace

/// `updated` says whether it was done: only for contiguous float32 or float64 tensors on the CPU, each parameter's of one
/// type and shape. Otherwise nothing has been touched.
LHTS_API int lhts_adamw(at::Tensor* const* parameters, at::Tensor* const* gradients, at::Tensor* const* averages,
                        at::Tensor* const* squares, int32_t count, const AdamWStep* step, int32_t* updated) {
  return guarded([=] {
    *updated = 0;
    std::vector<Chunk> chunks;
    for (int32_t i = 0; i < count; ++i) {
      const auto& parameter = tensor_of(parameters[i]);
      const auto type = parameter.scalar_type();
      if (type != at::kFloat && type != at::kDouble) return;
      for (const auto* tensor : {&parameter, &tensor_of(gradients[i]), &tensor_of(averages[i]), &tensor_of(squares[i])}) {
        if (!fits(*tensor, parameter)) return;
      }
      for (int64_t begin = 0; begin < parameter.numel(); begin += kChunk) {
        chunks.push_back({i, begin, std::min(begin + kChunk, parameter.numel())});
      }
    }
    const Factors<float> single(*step);
    const Factors<double> real(*step);
    at::parallel_for(0, static_cast<int64_t>(chunks.size()), 1, [&](int64_t first, int64_t last) {
      for (int64_t c = first; c < last; ++c) {
        const auto [i, begin, end] = chunks[c];
        const auto n = end - begin;
        if (parameters[i]->scalar_type() == at::kFloat) {
          update_float(parameters[i]->data_ptr<float>() + begin, gradients[i]->data_ptr<float>() + begin,
                       averages[i]->data_ptr<float>() + begin, squares[i]->data_ptr<float>() + begin, n, single);
        } else {
          update_double(parameters[i]->data_ptr<double>() + begin, gradients[i]->data_ptr<double>() + begin,
                        averages[i]->data_ptr<double>() + begin, squares[i]->data_ptr<double>() + begin, n, real);
        }
      }
    });
    for (int32_t i = 0; i < count; ++i) {
      for (auto* tensor : {parameters[i], averages[i], squares[i]}) {
        if (!tensor->is_inference()) tensor->unsafeGetTensorImpl()->bump_version();
      }
    }
    *updated = 1;
  });
}
