#include "lhts.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <torch/cuda.h>
#include <torch/version.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

using namespace lhts;

/// Once per process, before the first tensor. A training step frees and allocates the same large blocks again and
/// again; by default glibc gives each back to the system, and every step pays for fresh zeroed pages: 20 % of the
/// processor time of a small transformer's training on two cores.
LHTS_API void lhts_initialize() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
#endif
}

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
