#include "lhts.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <torch/cuda.h>
#include <torch/version.h>

using namespace lhts;

LHTS_API const char* lhts_torch_version() { return TORCH_VERSION; }

LHTS_API int lhts_num_threads() { return at::get_num_threads(); }

LHTS_API int lhts_set_num_threads(int32_t count) {
  return guarded([=] { at::set_num_threads(count); });
}

LHTS_API int lhts_num_interop_threads() { return at::get_num_interop_threads(); }

LHTS_API int lhts_set_num_interop_threads(int32_t count) {
  return guarded([=] { at::set_num_interop_threads(count); });
}

/// CUDA devices that are usable; 0 where this libtorch has no CUDA.
LHTS_API int lhts_cuda_device_count(int32_t* count) {
  return guarded([=] { *count = static_cast<int32_t>(torch::cuda::device_count()); });
}

LHTS_API int lhts_cuda_synchronize(int32_t device_index) {
  return guarded([=] { torch::cuda::synchronize(device_index); });
}

/// Operators that have no deterministic form raise an error.
LHTS_API int lhts_set_deterministic(int enabled) {
  return guarded([=] { at::globalContext().setDeterministicAlgorithms(enabled != 0, false); });
}
