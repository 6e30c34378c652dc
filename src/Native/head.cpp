// The end of a head for float32 on the CPU: from rows of logits to log-probs, divergences and the derivative of a loss, a row at a time while it is in
// the cache. Called only where the processor has AVX-512; Lhts.Objectives.TokenHead composes the same from operators elsewhere.
#include "lhts.h"
#include "kernels.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

using namespace lhts;

namespace {

using lhts::kernels::Divergence;
using lhts::kernels::HeadSums;
using lhts::kernels::Vocabulary;

using Optional = c10::optional<at::Tensor>;

constexpr int64_t kElementsPerTask = 1 << 14;

void check_rows(const at::Tensor& rows) {
  const bool is_plain = rows.scalar_type() == at::kFloat && rows.device().is_cpu() && rows.is_contiguous();
  TORCH_CHECK(rows.dim() == 2 && is_plain, "a head takes (N, V) of float32, contiguous");
}

/// (N) of a type, or undefined.
at::Tensor column(const Optional& values, at::ScalarType type) {
  return values.has_value() && values->defined() ? values->reshape({-1}).to(type).contiguous() : at::Tensor();
}

template <class T>
T value_or(const at::Tensor& values, int64_t i, T otherwise) {
  return values.defined() ? values.data_ptr<T>()[i] : otherwise;
}

/// Rows of logits with their targets, and a teacher's where there is one.
class Rows {
 public:
  Rows(const at::Tensor& logits, const at::Tensor& targets, const Optional& teacher, const Optional& factors)
      : logits_(logits), targets_(targets.reshape({-1}).contiguous()), factors_(column(factors, at::kFloat)) {
    check_rows(logits);
    TORCH_CHECK(targets_.scalar_type() == at::kLong && targets_.numel() == logits.size(0), "a head takes one target for each row");
    if (!teacher.has_value() || !teacher->defined()) return;
    teacher_ = teacher->contiguous();
    check_rows(teacher_);
    TORCH_CHECK(teacher_.sizes() == logits.sizes(), "a head takes a teacher's logits of the same shape");
  }

  int64_t count() const { return logits_.size(0); }
  int64_t size() const { return logits_.size(1); }
  float* logits(int64_t i) const { return logits_.data_ptr<float>() + i * size(); }
  Vocabulary at(int64_t i) const {
    return {logits(i), teacher_.defined() ? teacher_.data_ptr<float>() + i * size() : nullptr, value_or(factors_, i, 1.0f), size()};
  }
  int64_t target(int64_t i) const {
    const int64_t target = targets_.data_ptr<int64_t>()[i];
    TORCH_CHECK_INDEX(target >= 0 && target < size(), "target ", target, " is out of ", size(), " tokens");
    return target;
  }

  template <class Work>
  void for_each(Work work) const {
    at::parallel_for(0, count(), std::max<int64_t>(1, kElementsPerTask / std::max<int64_t>(1, size())), [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) work(i);
    });
  }

 private:
  at::Tensor logits_, targets_, factors_, teacher_;
};

/// What a control variate takes off the likelihood's scale at each row.
struct Control {
  at::Tensor log_probs, scales;
  double clip;
  double at(int64_t i, double log_prob) const {
    if (!log_probs.defined()) return 0;
    return std::exp(std::min(log_prob - log_probs.data_ptr<double>()[i], clip)) * scales.data_ptr<double>()[i];
  }
};

float* results(const at::Tensor& tensor, const Rows& rows) {
  TORCH_CHECK(tensor.scalar_type() == at::kFloat && tensor.is_contiguous() && tensor.numel() == rows.count(), "a head's results are (N) of float32");
  return tensor.data_ptr<float>();
}

Optional optional(const at::Tensor* tensor) { return tensor == nullptr ? Optional() : Optional(*tensor); }

bool is_asked() {
  const char* capability = std::getenv("ATEN_CPU_CAPABILITY");
  return capability == nullptr || *capability == 0 || std::strcmp(capability, "avx512") == 0;
}

}  // namespace

/// 1 where the processor has what the functions below are written for, unless ATEN_CPU_CAPABILITY asks for the kernels of lesser ones.
LHTS_API int lhts_head_available() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512vl") && is_asked();
}

/// logits (N, V), targets (N) -> log q(target), (N).
LHTS_API int lhts_head_log_probs(const at::Tensor* logits, const at::Tensor* targets, const at::Tensor* log_probs) {
  return guarded([=] {
    const Rows rows(tensor_of(logits), tensor_of(targets), {}, {});
    float* to = results(tensor_of(log_probs), rows);
    rows.for_each([&](int64_t i) {
      to[i] = static_cast<float>(rows.logits(i)[rows.target(i)] - lhts::kernels::head_sums(rows.at(i), Divergence::kStudentTeacher).logits);
    });
  });
}

/// logits (N, V) become the derivative of sum_i scale_i * -log q(target_i) + teacher_scale_i * divergence_i. The teacher's logits (N, V) are multiplied by
/// factors (N) before. A control takes exp(min(log q - control, clip)) * control_scale off the scale. Null: there is none.
LHTS_API int lhts_head_differentiate(
    const at::Tensor* logits, const at::Tensor* targets, const at::Tensor* scale, const at::Tensor* teacher, const at::Tensor* factors,
    const at::Tensor* teacher_scale, int32_t is_students, const at::Tensor* control, const at::Tensor* control_scale, double control_clip,
    const at::Tensor* log_probs, const at::Tensor* divergences) {
  return guarded([=] {
    const Rows rows(tensor_of(logits), tensor_of(targets), optional(teacher), optional(factors));
    const auto direction = is_students != 0 ? Divergence::kStudentTeacher : Divergence::kTeacherStudent;
    const auto likelihood = column(tensor_of(scale), at::kDouble), divergence = column(optional(teacher_scale), at::kFloat);
    const Control variate{column(optional(control), at::kDouble), column(optional(control_scale), at::kDouble), control_clip};
    float* to_log_probs = results(tensor_of(log_probs), rows);
    float* to_divergences = divergences == nullptr ? nullptr : results(*divergences, rows);
    rows.for_each([&](int64_t i) {
      const auto row = rows.at(i);
      const int64_t target = rows.target(i);
      const HeadSums sums = lhts::kernels::head_sums(row, direction);
      to_log_probs[i] = static_cast<float>(row.logits[target] - sums.logits);
      if (to_divergences != nullptr) to_divergences[i] = static_cast<float>(sums.divergence);
      const double own = likelihood.data_ptr<double>()[i] - variate.at(i, to_log_probs[i]);
      lhts::kernels::head_gradient(row, direction, sums, {static_cast<float>(own), value_or(divergence, i, 0.0f)}, target, rows.logits(i));
    });
  });
}
