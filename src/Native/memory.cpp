// What a CUDA device is called and how much of its memory is in use. Compiled in where CMake finds CUDA's headers.
#include "lhts.h"

#include <stdexcept>
#include <string>

#if LHTS_CUDA
#include <ATen/Context.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAException.h>
#include <cuda_runtime_api.h>
#endif

using namespace lhts;

namespace {

/// A device's memory in bytes; mirrored by Lhts.Extensions.NativeMemory.
struct DeviceMemory {
  int64_t allocated;
  int64_t peak;
  int64_t reserved;
  int64_t free;
  int64_t total;
};
static_assert(sizeof(DeviceMemory) == 40, "Lhts.Extensions.NativeMemory has this layout");

#if LHTS_CUDA

/// Makes a device current and the one before it again.
class OnDevice {
 public:
  explicit OnDevice(int32_t index) {
    // The allocator has no devices before CUDA is set up; asking for a generator does that in every version.
    at::globalContext().defaultGenerator(c10::Device(c10::kCUDA, static_cast<c10::DeviceIndex>(index)));
    C10_CUDA_CHECK(cudaGetDevice(&before_));
    index_ = index < 0 ? before_ : index;
    C10_CUDA_CHECK(cudaSetDevice(index_));
  }
  ~OnDevice() { cudaSetDevice(before_); }
  OnDevice(const OnDevice&) = delete;
  OnDevice& operator=(const OnDevice&) = delete;
  c10::DeviceIndex index() const { return static_cast<c10::DeviceIndex>(index_); }

 private:
  int before_ = 0;
  int index_ = 0;
};

void read_memory(int32_t index, DeviceMemory* result) {
  const OnDevice device(index);
  const auto stats = c10::cuda::CUDACachingAllocator::getDeviceStats(device.index());
  size_t free = 0, total = 0;
  C10_CUDA_CHECK(cudaMemGetInfo(&free, &total));
  // The first of each array is the sum over small and large blocks.
  *result = {stats.allocated_bytes[0].current, stats.allocated_bytes[0].peak, stats.reserved_bytes[0].current,
             static_cast<int64_t>(free), static_cast<int64_t>(total)};
}

std::string read_name(int32_t index) {
  const OnDevice device(index);
  cudaDeviceProp properties;
  C10_CUDA_CHECK(cudaGetDeviceProperties(&properties, device.index()));
  return properties.name;
}

void reset_peak(int32_t index) {
  const OnDevice device(index);
  c10::cuda::CUDACachingAllocator::resetPeakStats(device.index());
}

void empty_cache() { c10::cuda::CUDACachingAllocator::emptyCache(); }

#else

[[noreturn]] void none() { throw std::runtime_error("liblhts.so was built without CUDA's headers"); }
void read_memory(int32_t, DeviceMemory*) { none(); }
std::string read_name(int32_t) { none(); }
void reset_peak(int32_t) { none(); }
void empty_cache() { none(); }

#endif

}  // namespace

/// 1 where the functions below work; 0 where they all fail.
LHTS_API int lhts_device_has_figures() { return LHTS_CUDA; }

/// The memory of a CUDA device (-1: the current one): what tensors hold, the most they held, what libtorch has taken from the
/// device for them, and what the device has.
LHTS_API int lhts_device_memory(int32_t index, DeviceMemory* result) {
  return guarded([=] { read_memory(index, result); });
}

/// The device's name in UTF-8, cut off at `capacity` bytes; its length goes to `length`.
LHTS_API int lhts_device_name(int32_t index, char* text, int32_t capacity, int32_t* length) {
  return guarded([=] {
    const auto name = read_name(index);
    *length = static_cast<int32_t>(name.copy(text, static_cast<size_t>(capacity)));
  });
}

/// The peak starts anew from what is held now.
LHTS_API int lhts_device_reset_peak(int32_t index) {
  return guarded([=] { reset_peak(index); });
}

/// Gives memory that no tensor holds back to the devices.
LHTS_API int lhts_device_empty_cache() {
  return guarded([] { empty_cache(); });
}
