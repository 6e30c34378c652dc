// The end of a language model's head, from logits to a loss and its derivative. Compiled with AVX-512, like kernels_avx512.cpp. What a row gives
// depends on that row alone, so that micro-batches may be cut anywhere.
#include "kernels.h"
#include "vectors_avx512.h"

namespace lhts::kernels {

namespace {

constexpr int64_t kBlock = 1024;  // floats that are summed in float32 before they go to float64
constexpr float kNothing = -__builtin_inff();

float maximum_of(const float* values, float factor, int64_t size) {
  V highest = set(kNothing);
  for (int64_t i = 0; i < size; i += kLanes) {
    const auto mask = mask_of(size - i);
    highest = _mm512_mask_max_ps(highest, mask, highest, _mm512_maskz_loadu_ps(mask, values + i) * set(factor));
  }
  return _mm512_reduce_max_ps(highest);
}

/// Sums over the vocabulary, each exponential less the highest logit of its model.
struct Totals {
  double student = 0, teacher = 0, difference = 0;
};

template <bool HasTeacher, Divergence Direction>
Totals totals_of(const Vocabulary& row, float highest, float highest_teacher) {
  Totals totals;
  for (int64_t first = 0; first < row.size; first += kBlock) {
    const int64_t end = first + kBlock < row.size ? first + kBlock : row.size;
    V student = set(0), teacher = set(0), difference = set(0);
    for (int64_t i = first; i < end; i += kLanes) {
      const auto mask = mask_of(end - i);
      const V z = _mm512_maskz_loadu_ps(mask, row.logits + i) - set(highest);
      const V e = _mm512_maskz_mov_ps(mask, exponential(z));
      student += e;
      if (!HasTeacher) continue;
      const V t = fma(_mm512_maskz_loadu_ps(mask, row.teacher + i), set(row.factor), set(-highest_teacher));
      const V p = _mm512_maskz_mov_ps(mask, exponential(t));
      teacher += p;
      difference = Direction == Divergence::kStudentTeacher ? fma(e, z - t, difference) : fma(p, t - z, difference);
    }
    totals.student += _mm512_reduce_add_ps(student);
    totals.teacher += _mm512_reduce_add_ps(teacher);
    totals.difference += _mm512_reduce_add_ps(difference);
  }
  return totals;
}

template <bool HasTeacher, Divergence Direction>
void write_gradient(const Vocabulary& row, const HeadSums& sums, HeadScales scales, float* gradient) {
  const V log_sum = set(static_cast<float>(sums.logits)), log_teacher = set(static_cast<float>(sums.teacher));
  const V likelihood = set(scales.likelihood), divergence = set(scales.divergence), mean = set(static_cast<float>(sums.divergence));
  for (int64_t i = 0; i < row.size; i += kLanes) {
    const auto mask = mask_of(row.size - i);
    const V log_q = _mm512_maskz_loadu_ps(mask, row.logits + i) - log_sum;
    const V q = exponential(log_q);
    V slope = likelihood * q;
    if (HasTeacher) {
      const V log_p = fma(_mm512_maskz_loadu_ps(mask, row.teacher + i), set(row.factor), _mm512_setzero_ps()) - log_teacher;
      slope = Direction == Divergence::kStudentTeacher ? fma(divergence * q, log_q - log_p - mean, slope) : fma(divergence, q - exponential(log_p), slope);
    }
    _mm512_mask_storeu_ps(gradient + i, mask, slope);
  }
}

}  // namespace

HeadSums head_sums(const Vocabulary& row, Divergence direction) {
  const float highest = maximum_of(row.logits, 1.0f, row.size);
  if (row.teacher == nullptr) {
    const Totals totals = totals_of<false, Divergence::kStudentTeacher>(row, highest, 0);
    return {highest + __builtin_log(totals.student), 0, 0};
  }
  const float highest_teacher = maximum_of(row.teacher, row.factor, row.size);
  const bool is_students = direction == Divergence::kStudentTeacher;
  const Totals totals = is_students ? totals_of<true, Divergence::kStudentTeacher>(row, highest, highest_teacher)
                                    : totals_of<true, Divergence::kTeacherStudent>(row, highest, highest_teacher);
  const double log_student = __builtin_log(totals.student), log_teacher = __builtin_log(totals.teacher);
  const double divergence = is_students ? totals.difference / totals.student - log_student + log_teacher
                                        : totals.difference / totals.teacher - log_teacher + log_student;
  return {highest + log_student, highest_teacher + log_teacher, divergence};
}

void head_gradient(const Vocabulary& row, Divergence direction, const HeadSums& sums, HeadScales scales, int64_t target, float* gradient) {
  if (row.teacher == nullptr || scales.divergence == 0) write_gradient<false, Divergence::kStudentTeacher>(row, sums, scales, gradient);
  else if (direction == Divergence::kStudentTeacher) write_gradient<true, Divergence::kStudentTeacher>(row, sums, scales, gradient);
  else write_gradient<true, Divergence::kTeacherStudent>(row, sums, scales, gradient);
  gradient[target] -= scales.likelihood;
}

}  // namespace lhts::kernels
