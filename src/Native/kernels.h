// Kernels for processors with AVX-512. Plain pointers and sizes, so that the file that holds them can be compiled for these processors alone:
// a header of libtorch in it would leave functions with such instructions to the whole library.
#pragma once

#include <cstdint>

namespace lhts::kernels {

/// Rows of one head: element (i, d) is data[i * stride + d].
struct Rows {
  const float* data;
  int64_t stride;
  const float* at(int64_t i) const { return data + i * stride; }
};

struct OutRows {
  float* data;
  int64_t stride;
  float* at(int64_t i) const { return data + i * stride; }
};

/// Widths of a head that there are kernels for: multiples of 16 up to 128.
constexpr int64_t kLane = 16;
constexpr int64_t kMaxWidth = 128;

/// Floats of scratch that a call of attend or attend_backward with L positions of width D needs.
int64_t scratch_size(int64_t length, int64_t width);

/// out_i = sum_{j <= i} softmax_j(q_i k_j / sqrt(D)) v_j; log_sums[i] = log sum_j exp(q_i k_j / sqrt(D)).
void attend(Rows q, Rows k, Rows v, int64_t length, int64_t width, float* scratch, OutRows out, float* log_sums);

/// Gradients of attend, of what it gave and the gradient of its output.
void attend_backward(Rows q, Rows k, Rows v, Rows out, const float* log_sums, Rows gradient, int64_t length, int64_t width,
                     float* scratch, OutRows dq, OutRows dk, OutRows dv);

/// out = sum_j softmax_j(q k_j / sqrt(D) + mask_j) v_j over S keys; mask may be null. `scratch` has room for S floats, rounded up to 16.
void attend_one(const float* q, Rows k, Rows v, const float* mask, int64_t num_keys, int64_t width, float* scratch, float* out);

/// y = x / (1 + exp(-2u)), u = sqrt(2/pi) (x + 0.044715 x^3): GELU in its tanh form.
void gelu(const float* x, float* y, int64_t n);

/// dx = gradient * dy/dx.
void gelu_backward(const float* x, const float* gradient, float* dx, int64_t n);

/// A position's logits over the vocabulary beside a teacher's, which may be missing.
struct Vocabulary {
  const float* logits;
  const float* teacher;  // null: there is none
  float factor;          // what the teacher's logits are multiplied by
  int64_t size;
};

/// Which of the two divergences: sum_v q (log q - log p), or sum_v p (log p - log q), with q of the logits and p of the teacher's.
enum class Divergence { kStudentTeacher, kTeacherStudent };

/// Logs of the sums of exponentials, and the divergence; the last two 0 without a teacher.
struct HeadSums {
  double logits;
  double teacher;
  double divergence;
};

HeadSums head_sums(const Vocabulary& row, Divergence direction);

/// What a loss multiplies its two parts by at a position.
struct HeadScales {
  float likelihood;
  float divergence;
};

/// The derivative of scales.likelihood * -log q(target) + scales.divergence * divergence by the logits; `gradient` may be the logits.
void head_gradient(const Vocabulary& row, Divergence direction, const HeadSums& sums, HeadScales scales, int64_t target, float* gradient);

}  // namespace lhts::kernels
