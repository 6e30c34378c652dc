// Sixteen floats at a time, for the files that are compiled with AVX-512. Each has its own copy: nothing here is seen outside of them.
#pragma once

#include "kernels.h"

#include <immintrin.h>

namespace lhts::kernels {

namespace {

using V = __m512;

constexpr int64_t kLanes = kLane;

inline V set(float x) { return _mm512_set1_ps(x); }
inline V load(const float* p) { return _mm512_loadu_ps(p); }
inline void store(float* p, V x) { _mm512_storeu_ps(p, x); }
inline V fma(V a, V b, V c) { return _mm512_fmadd_ps(a, b, c); }

/// exp to 2 units in the last place; 0 below -104, infinite above 104 and NaN for NaN.
inline V exponential(V x) {
  x = _mm512_mask_blend_ps(_mm512_cmp_ps_mask(x, set(-104.0f), _CMP_LT_OQ), x, set(-104.0f));
  x = _mm512_mask_blend_ps(_mm512_cmp_ps_mask(x, set(104.0f), _CMP_GT_OQ), x, set(104.0f));
  const V n = _mm512_roundscale_ps(x * set(1.44269504088896341f), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  V r = _mm512_fnmadd_ps(n, set(0.693359375f), x);
  r = _mm512_fnmadd_ps(n, set(-2.12194440e-4f), r);
  V p = set(1.9875691500e-4f);
  p = fma(p, r, set(1.3981999507e-3f));
  p = fma(p, r, set(8.3334519073e-3f));
  p = fma(p, r, set(4.1665795894e-2f));
  p = fma(p, r, set(1.6666665459e-1f));
  p = fma(p, r, set(5.0000001201e-1f));
  p = fma(p, r * r, r + set(1.0f));
  return _mm512_scalef_ps(p, n);
}

/// The first `left` lanes: none below one, all from sixteen on.
inline __mmask16 mask_of(int64_t left) { return left >= kLanes ? 0xFFFF : left <= 0 ? 0 : static_cast<__mmask16>((1u << left) - 1); }

}  // namespace

}  // namespace lhts::kernels
