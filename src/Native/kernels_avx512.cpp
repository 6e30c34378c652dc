// Compiled with AVX-512; called only where the processor has it. Sums are taken in another order than libtorch's own operators take them.
#include "kernels.h"
#include "vectors_avx512.h"

namespace lhts::kernels {

namespace {

constexpr int64_t kChunk = 64;  // keys whose scores are held in registers at once
constexpr int kRows = 4;        // queries that share what is loaded of keys and values
constexpr float kHidden = -1e30f;

/// log by the exponential: two steps of Newton from the exponent and a straight line.
inline float logarithm(float x) {
  int exponent;
  const float mantissa = __builtin_frexpf(x, &exponent);
  float y = (static_cast<float>(exponent) - 1.0f + (2.0f * mantissa - 1.0f)) * 0.69314718f;
  for (int i = 0; i < 3; ++i) y += x * _mm512_cvtss_f32(exponential(set(-y))) - 1.0f;
  return y;
}

inline int64_t rounded(int64_t n, int64_t unit) { return (n + unit - 1) / unit * unit; }

inline float root(int64_t width) { return 1.0f / __builtin_sqrtf(static_cast<float>(width)); }

/// (L, D) to (D, pitch), zeros after position L.
void transpose(Rows rows, int64_t length, int64_t width, int64_t pitch, float* to) {
  for (int64_t d = 0; d < width; ++d) {
    for (int64_t j = length; j < pitch; ++j) to[d * pitch + j] = 0;
  }
  for (int64_t j = 0; j < length; ++j) {
    const float* row = rows.at(j);
    for (int64_t d = 0; d < width; ++d) to[d * pitch + j] = row[d];
  }
}

/// products[r][c] = scale * sum_d rows[r][d] * transposed[d][c], for a chunk of columns.
inline void multiply(const float* const* rows, const float* transposed, int64_t pitch, int64_t width, float scale, float* products) {
  V sums[kRows][kChunk / kLanes];
  for (auto& row : sums) {
    for (auto& sum : row) sum = _mm512_setzero_ps();
  }
  for (int64_t d = 0; d < width; ++d) {
    V columns[kChunk / kLanes];
    for (int c = 0; c < kChunk / kLanes; ++c) columns[c] = load(transposed + d * pitch + c * kLanes);
    for (int r = 0; r < kRows; ++r) {
      const V x = set(rows[r][d]);
      for (int c = 0; c < kChunk / kLanes; ++c) sums[r][c] = fma(x, columns[c], sums[r][c]);
    }
  }
  for (int r = 0; r < kRows; ++r) {
    for (int c = 0; c < kChunk / kLanes; ++c) store(products + r * pitch + c * kLanes, sums[r][c] * set(scale));
  }
}

/// to[r] = scale * sum_{j < count} weights[r][j] * rows[j], W vectors wide.
template <int W>
inline void combine(const float* weights, int64_t pitch, Rows rows, int64_t count, const float* scales, float* const* to) {
  V sums[kRows][W];
  for (auto& row : sums) {
    for (auto& sum : row) sum = _mm512_setzero_ps();
  }
  for (int64_t j = 0; j < count; ++j) {
    const float* row = rows.at(j);
    for (int r = 0; r < kRows; ++r) {
      const V x = set(weights[r * pitch + j]);
      for (int w = 0; w < W; ++w) sums[r][w] = fma(x, load(row + w * kLanes), sums[r][w]);
    }
  }
  for (int r = 0; r < kRows; ++r) {
    for (int w = 0; w < W; ++w) store(to[r] + w * kLanes, sums[r][w] * set(scales[r]));
  }
}

/// to[j] += sum_r weights[r][j] * scale * rows[r] for j < count.
template <int W>
inline void spread(const float* weights, int64_t pitch, const float* const* rows, float scale, int64_t count, OutRows to) {
  V x[kRows][W];
  for (int r = 0; r < kRows; ++r) {
    for (int w = 0; w < W; ++w) x[r][w] = load(rows[r] + w * kLanes) * set(scale);
  }
  for (int64_t j = 0; j < count; ++j) {
    float* row = to.at(j);
    for (int w = 0; w < W; ++w) {
      V sum = load(row + w * kLanes);
      for (int r = 0; r < kRows; ++r) sum = fma(set(weights[r * pitch + j]), x[r][w], sum);
      store(row + w * kLanes, sum);
    }
  }
}

/// Calls `work` with the number of vectors of a width.
template <class Work>
inline void with_width(int64_t width, Work work) {
  switch (width / kLanes) {
    case 1: work.template run<1>(); break;
    case 2: work.template run<2>(); break;
    case 3: work.template run<3>(); break;
    case 4: work.template run<4>(); break;
    case 5: work.template run<5>(); break;
    case 6: work.template run<6>(); break;
    case 7: work.template run<7>(); break;
    default: work.template run<8>(); break;
  }
}

struct Forward {
  Rows q, k, v;
  int64_t length, width;
  float* scratch;
  OutRows out;
  float* log_sums;

  template <int W>
  void run() {
    const int64_t pitch = rounded(length, kChunk);
    float* keys = scratch;                   // (D, pitch)
    float* scores = keys + width * pitch;    // (kRows, pitch)
    float* spare = scores + kRows * pitch;   // (D): rows beyond the last
    const float scale = root(width);
    transpose(k, length, width, pitch, keys);
    for (int64_t first = 0; first < length; first += kRows) {
      const float* queries[kRows];
      float* to[kRows];
      float scales[kRows];
      for (int r = 0; r < kRows; ++r) {
        const bool is_there = first + r < length;
        queries[r] = q.at(is_there ? first + r : first);
        to[r] = is_there ? out.at(first + r) : spare;
      }
      const int64_t end = first + kRows < length ? first + kRows : length;
      for (int64_t c = 0; c < end; c += kChunk) multiply(queries, keys + c, pitch, width, scale, scores + c);
      for (int r = 0; r < kRows; ++r) scales[r] = soften(scores + r * pitch, first + r < length ? first + r + 1 : first + 1, end, first + r < length ? log_sums + first + r : spare);
      combine<W>(scores, pitch, v, end, scales, to);
    }
  }

  /// The first `count` scores become exp(score - maximum), those up to `end` 0. Returns 1 / their sum.
  static float soften(float* scores, int64_t count, int64_t end, float* log_sum) {
    for (int64_t j = count; j < rounded(end, kLanes); ++j) scores[j] = kHidden;
    V highest = set(kHidden);
    for (int64_t j = 0; j < end; j += kLanes) highest = _mm512_max_ps(highest, load(scores + j));
    const float maximum = _mm512_reduce_max_ps(highest);
    V sum = _mm512_setzero_ps();
    for (int64_t j = 0; j < end; j += kLanes) {
      const V x = exponential(load(scores + j) - set(maximum));
      sum += x;
      store(scores + j, x);
    }
    const float total = _mm512_reduce_add_ps(sum);
    *log_sum = maximum + logarithm(total);
    return 1.0f / total;
  }
};

struct Backward {
  Rows q, k, v, out, gradient;
  const float* log_sums;
  int64_t length, width;
  float* scratch;
  OutRows dq, dk, dv;

  template <int W>
  void run() {
    const int64_t pitch = rounded(length, kChunk);
    float* keys = scratch;                        // (D, pitch)
    float* values = keys + width * pitch;         // (D, pitch)
    float* weights = values + width * pitch;      // (kRows, pitch)
    float* scores = weights + kRows * pitch;      // (kRows, pitch): the gradient of the scores
    float* spare = scores + kRows * pitch;        // (D)
    const float scale = root(width);
    const float ones[kRows] = {scale, scale, scale, scale};
    transpose(k, length, width, pitch, keys);
    transpose(v, length, width, pitch, values);
    clear(dk);
    clear(dv);
    for (int64_t first = 0; first < length; first += kRows) {
      const int64_t end = first + kRows < length ? first + kRows : length;
      const float* queries[kRows];
      const float* gradients[kRows];
      float* to[kRows];
      for (int r = 0; r < kRows; ++r) {
        const bool is_there = first + r < length;
        queries[r] = q.at(is_there ? first + r : first);
        gradients[r] = gradient.at(is_there ? first + r : first);
        to[r] = is_there ? dq.at(first + r) : spare;
      }
      for (int64_t c = 0; c < end; c += kChunk) {
        multiply(queries, keys + c, pitch, width, scale, weights + c);
        multiply(gradients, values + c, pitch, width, 1.0f, scores + c);
      }
      for (int r = 0; r < kRows; ++r) differentiate<W>(weights + r * pitch, scores + r * pitch, first + r, end);
      combine<W>(scores, pitch, k, end, ones, to);
      spread<W>(scores, pitch, queries, scale, end, dk);
      spread<W>(weights, pitch, gradients, 1.0f, end, dv);
    }
  }

  void clear(OutRows rows) const {
    for (int64_t i = 0; i < length; ++i) {
      for (int64_t d = 0; d < width; d += kLanes) store(rows.at(i) + d, _mm512_setzero_ps());
    }
  }

  /// Scores become probabilities, and their gradients those of the scores; both 0 after query i, and everywhere for a query that there is not.
  template <int W>
  void differentiate(float* weights, float* scores, int64_t i, int64_t end) const {
    const int64_t count = i < length ? i + 1 : 0;
    V product = _mm512_setzero_ps();
    if (i < length) {
      for (int w = 0; w < W; ++w) product = fma(load(gradient.at(i) + w * kLanes), load(out.at(i) + w * kLanes), product);
    }
    const V delta = set(_mm512_reduce_add_ps(product));
    const V log_sum = set(i < length ? log_sums[i] : 0.0f);
    for (int64_t j = 0; j < end; j += kLanes) {
      const auto is_seen = mask_of(count - j);
      const V p = _mm512_maskz_mov_ps(is_seen, exponential(load(weights + j) - log_sum));
      store(weights + j, p);
      store(scores + j, _mm512_maskz_mov_ps(is_seen, p * (load(scores + j) - delta)));
    }
  }
};

struct One {
  const float* q;
  Rows k, v;
  const float* mask;
  int64_t num_keys;
  float* scratch;
  float* out;

  template <int W>
  void run() {
    const float scale = root(W * kLanes);
    V query[W];
    for (int w = 0; w < W; ++w) query[w] = load(q + w * kLanes) * set(scale);
    float maximum = -__builtin_inff();
    for (int64_t j = 0; j < num_keys; ++j) {
      V sum = query[0] * load(k.at(j));
      for (int w = 1; w < W; ++w) sum = fma(query[w], load(k.at(j) + w * kLanes), sum);
      scratch[j] = _mm512_reduce_add_ps(sum) + (mask ? mask[j] : 0.0f);
      maximum = scratch[j] > maximum ? scratch[j] : maximum;
    }
    for (int64_t j = num_keys; j < rounded(num_keys, kLanes); ++j) scratch[j] = kHidden;
    V sum = _mm512_setzero_ps();
    for (int64_t j = 0; j < num_keys; j += kLanes) {
      const V x = exponential(load(scratch + j) - set(maximum));
      sum += x;
      store(scratch + j, x);
    }
    const V inverse = set(1.0f / _mm512_reduce_add_ps(sum));
    V sums[W];
    for (auto& s : sums) s = _mm512_setzero_ps();
    for (int64_t j = 0; j < num_keys; ++j) {
      const V x = set(scratch[j]);
      for (int w = 0; w < W; ++w) sums[w] = fma(x, load(v.at(j) + w * kLanes), sums[w]);
    }
    for (int w = 0; w < W; ++w) store(out + w * kLanes, sums[w] * inverse);
  }
};

constexpr float kSlope = 1.5957691216057308f;  // 2 sqrt(2/pi)
constexpr float kCubic = 0.044715f;

inline V sigmoid(V x) { return set(1.0f) / (set(1.0f) + exponential(_mm512_sub_ps(_mm512_setzero_ps(), x))); }

inline V gelu_of(V x) { return x * sigmoid(set(kSlope) * x * fma(set(kCubic) * x, x, set(1.0f))); }

inline V gelu_slope(V x) {
  const V square = x * x;
  const V s = sigmoid(set(kSlope) * x * fma(set(kCubic), square, set(1.0f)));
  const V inner = set(kSlope) * fma(set(3 * kCubic), square, set(1.0f));
  return fma(x * s * (set(1.0f) - s), inner, s);
}

}  // namespace

int64_t scratch_size(int64_t length, int64_t width) { return rounded(length, kChunk) * (2 * width + 2 * kRows) + kMaxWidth; }

void attend(Rows q, Rows k, Rows v, int64_t length, int64_t width, float* scratch, OutRows out, float* log_sums) {
  with_width(width, Forward{q, k, v, length, width, scratch, out, log_sums});
}

void attend_backward(Rows q, Rows k, Rows v, Rows out, const float* log_sums, Rows gradient, int64_t length, int64_t width,
                     float* scratch, OutRows dq, OutRows dk, OutRows dv) {
  with_width(width, Backward{q, k, v, out, gradient, log_sums, length, width, scratch, dq, dk, dv});
}

void attend_one(const float* q, Rows k, Rows v, const float* mask, int64_t num_keys, int64_t width, float* scratch, float* out) {
  with_width(width, One{q, k, v, mask, num_keys, scratch, out});
}

void gelu(const float* x, float* y, int64_t n) {
  for (int64_t i = 0; i < n; i += kLanes) {
    const auto mask = mask_of(n - i);
    _mm512_mask_storeu_ps(y + i, mask, gelu_of(_mm512_maskz_loadu_ps(mask, x + i)));
  }
}

void gelu_backward(const float* x, const float* gradient, float* dx, int64_t n) {
  for (int64_t i = 0; i < n; i += kLanes) {
    const auto mask = mask_of(n - i);
    _mm512_mask_storeu_ps(dx + i, mask, _mm512_maskz_loadu_ps(mask, gradient + i) * gelu_slope(_mm512_maskz_loadu_ps(mask, x + i)));
  }
}

}  // namespace lhts::kernels
