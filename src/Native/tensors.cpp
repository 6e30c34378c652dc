#include "lhts.h"

#include <atomic>
#include <cstring>
#include <stdexcept>

namespace lhts {

namespace {

std::atomic<int64_t> created{0};
std::atomic<int64_t> freed{0};
std::atomic<int64_t> peak{0};

int64_t live() { return created.load(std::memory_order_relaxed) - freed.load(std::memory_order_relaxed); }

}  // namespace

at::Tensor* hand_out(at::Tensor&& tensor) {
  if (!tensor.defined()) return nullptr;
  auto* handle = new at::Tensor(std::move(tensor));
  created.fetch_add(1, std::memory_order_relaxed);
  const auto now = live();
  auto before = peak.load(std::memory_order_relaxed);
  while (now > before && !peak.compare_exchange_weak(before, now, std::memory_order_relaxed)) {
  }
  return handle;
}

const at::Tensor& tensor_of(const void* handle) {
  if (handle == nullptr) throw std::invalid_argument("the tensor was disposed or is null");
  return *static_cast<const at::Tensor*>(handle);
}

}  // namespace lhts

using namespace lhts;

LHTS_API void lhts_tensor_dispose(at::Tensor* tensor) {
  if (tensor == nullptr) return;
  delete tensor;
  freed.fetch_add(1, std::memory_order_relaxed);
}

/// Tensor handles alive now, in the whole process.
LHTS_API int64_t lhts_tensor_live_count() { return live(); }

/// The most tensor handles that were alive at once, in the whole process.
LHTS_API int64_t lhts_tensor_peak_count() { return peak.load(std::memory_order_relaxed); }

LHTS_API int lhts_tensor_info(const at::Tensor* handle, TensorInfo* info) {
  return guarded([=] {
    const auto& tensor = tensor_of(handle);
    info->num_dimensions = tensor.dim();
    info->num_elements = tensor.numel();
    info->sizes = tensor.sizes().data();
    info->strides = tensor.strides().data();
    info->data = tensor.has_storage() ? tensor.data_ptr() : nullptr;
    info->scalar_type = static_cast<int32_t>(tensor.scalar_type());
    info->element_size = static_cast<int32_t>(tensor.element_size());
    info->device_type = static_cast<int32_t>(tensor.device().type());
    info->device_index = tensor.device().index();
    info->requires_grad = tensor.requires_grad();
    info->is_leaf = tensor.is_leaf();
    info->is_contiguous = tensor.is_contiguous();
    info->is_cpu = tensor.device().is_cpu();
  });
}

/// A second handle on the same tensor.
LHTS_API int lhts_tensor_alias(const at::Tensor* handle, at::Tensor** result) {
  return guarded([=] { *result = hand_out(at::Tensor(tensor_of(handle))); });
}

/// Makes `handle` show the data of `source` (dtype and device included), as `tensor.data = source` does in Python.
LHTS_API int lhts_tensor_set_data(at::Tensor* handle, const at::Tensor* source) {
  return guarded([=] { tensor_of(handle).set_data(tensor_of(source)); });
}
