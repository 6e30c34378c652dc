#include "lhts.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>

using namespace lhts;

namespace {

at::Generator& generator_of(void* handle) { return *static_cast<at::Generator*>(handle); }

at::Generator default_generator(int32_t device_type, int32_t device_index) {
  const auto device = c10::Device(static_cast<c10::DeviceType>(device_type), static_cast<c10::DeviceIndex>(device_index));
  return device.is_cpu() ? at::detail::getDefaultCPUGenerator() : at::globalContext().defaultGenerator(device);
}

}  // namespace

/// Seeds every device's default generator.
LHTS_API int lhts_manual_seed(int64_t seed) {
  return guarded([=] { at::manual_seed(static_cast<uint64_t>(seed)); });
}

/// The default generator of a device, shared with libtorch.
LHTS_API int lhts_generator_default(int32_t device_type, int32_t device_index, void** result) {
  return guarded([=] { *result = new at::Generator(default_generator(device_type, device_index)); });
}

/// A new generator for a device, seeded.
LHTS_API int lhts_generator_new(int64_t seed, int32_t device_type, int32_t device_index, void** result) {
  return guarded([=] {
    auto generator = default_generator(device_type, device_index).clone();
    generator.set_current_seed(static_cast<uint64_t>(seed));
    *result = new at::Generator(std::move(generator));
  });
}

LHTS_API void lhts_generator_dispose(void* handle) { delete static_cast<at::Generator*>(handle); }

LHTS_API int lhts_generator_set_seed(void* handle, int64_t seed) {
  return guarded([=] {
    auto& generator = generator_of(handle);
    std::lock_guard<std::mutex> lock(generator.mutex());
    generator.set_current_seed(static_cast<uint64_t>(seed));
  });
}

LHTS_API int lhts_generator_seed(void* handle, int64_t* seed) {
  return guarded([=] { *seed = static_cast<int64_t>(generator_of(handle).current_seed()); });
}

LHTS_API int lhts_generator_get_state(void* handle, at::Tensor** state) {
  return guarded([=] {
    auto& generator = generator_of(handle);
    std::lock_guard<std::mutex> lock(generator.mutex());
    *state = hand_out(generator.get_state());
  });
}

LHTS_API int lhts_generator_set_state(void* handle, const at::Tensor* state) {
  return guarded([=] {
    auto& generator = generator_of(handle);
    std::lock_guard<std::mutex> lock(generator.mutex());
    generator.set_state(tensor_of(state));
  });
}
