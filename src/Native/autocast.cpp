// Matrix products in a smaller type under float32 weights: libtorch's autocast, per thread.
#include "lhts.h"

#include <ATen/autocast_mode.h>
#include <torch/version.h>

#include <stdexcept>

using namespace lhts;

namespace {

// Since 2.4 one function serves every device; before, each device has its own.
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
bool enabled(at::DeviceType device) { return at::autocast::is_autocast_enabled(device); }
void enable(at::DeviceType device, bool on) { at::autocast::set_autocast_enabled(device, on); }
at::ScalarType type(at::DeviceType device) { return at::autocast::get_autocast_dtype(device); }
void set_type(at::DeviceType device, at::ScalarType type) { at::autocast::set_autocast_dtype(device, type); }
#else
bool is_cpu(at::DeviceType device) {
  if (device != at::kCPU && device != at::kCUDA) throw std::invalid_argument("autocast takes the device kind cpu or cuda");
  return device == at::kCPU;
}
bool enabled(at::DeviceType device) { return is_cpu(device) ? at::autocast::is_cpu_enabled() : at::autocast::is_enabled(); }
void enable(at::DeviceType device, bool on) {
  if (is_cpu(device)) at::autocast::set_cpu_enabled(on);
  else at::autocast::set_enabled(on);
}
at::ScalarType type(at::DeviceType device) {
  return is_cpu(device) ? at::autocast::get_autocast_cpu_dtype() : at::autocast::get_autocast_gpu_dtype();
}
void set_type(at::DeviceType device, at::ScalarType type) {
  if (is_cpu(device)) at::autocast::set_autocast_cpu_dtype(type);
  else at::autocast::set_autocast_gpu_dtype(type);
}
#endif

}  // namespace

/// Opens a region; what was before goes to `was_enabled` and `was_type`, for lhts_autocast_leave.
LHTS_API int lhts_autocast_enter(int32_t device_type, int32_t scalar_type, int32_t on, int32_t* was_enabled, int32_t* was_type) {
  return guarded([=] {
    const auto device = static_cast<at::DeviceType>(device_type);
    *was_enabled = enabled(device);
    *was_type = static_cast<int32_t>(type(device));
    set_type(device, static_cast<at::ScalarType>(scalar_type));
    enable(device, on != 0);
    at::autocast::increment_nesting();
  });
}

/// Closes a region. The casts of the weights are kept for the length of the outermost one.
LHTS_API int lhts_autocast_leave(int32_t device_type, int32_t was_enabled, int32_t was_type) {
  return guarded([=] {
    const auto device = static_cast<at::DeviceType>(device_type);
    if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
    enable(device, was_enabled != 0);
    set_type(device, static_cast<at::ScalarType>(was_type));
  });
}
