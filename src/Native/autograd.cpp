#include "lhts.h"

#include <ATen/core/grad_mode.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/variable.h>

#include <vector>

using namespace lhts;

namespace {

std::vector<at::Tensor> tensors_of(const at::Tensor* const* handles, int32_t count) {
  std::vector<at::Tensor> tensors;
  tensors.reserve(count);
  for (int32_t i = 0; i < count; ++i) tensors.push_back(handles[i] ? *handles[i] : at::Tensor());
  return tensors;
}

}  // namespace

LHTS_API int lhts_grad_mode() { return at::GradMode::is_enabled(); }

LHTS_API void lhts_set_grad_mode(int enabled) { at::GradMode::set_enabled(enabled != 0); }

LHTS_API int lhts_inference_mode() { return c10::InferenceMode::is_enabled(); }

LHTS_API void* lhts_inference_mode_enter(int enabled) { return new c10::InferenceMode(enabled != 0); }

LHTS_API void lhts_inference_mode_leave(void* guard) { delete static_cast<c10::InferenceMode*>(guard); }

LHTS_API int lhts_tensor_set_requires_grad(at::Tensor* handle, int requires_grad) {
  return guarded([=] { tensor_of(handle).set_requires_grad(requires_grad != 0); });
}

LHTS_API int lhts_tensor_grad(const at::Tensor* handle, at::Tensor** result) {
  return guarded([=] { *result = hand_out(at::Tensor(tensor_of(handle).grad())); });
}

/// Sets or, with a null `gradient`, clears the gradient.
LHTS_API int lhts_tensor_set_grad(at::Tensor* handle, const at::Tensor* gradient) {
  return guarded([=] { tensor_of(handle).mutable_grad() = gradient ? *gradient : at::Tensor(); });
}

/// Accumulates gradients into the leaves (or into `inputs` only, where given). A null gradient is a scalar one.
LHTS_API int lhts_backward(const at::Tensor* const* roots, int32_t num_roots, const at::Tensor* const* gradients,
                           const at::Tensor* const* inputs, int32_t num_inputs, int retain_graph,
                           int create_graph) {
  return guarded([=] {
    std::vector<at::Tensor> given;
    if (gradients != nullptr) given = tensors_of(gradients, num_roots);
    torch::autograd::backward(tensors_of(roots, num_roots), given, retain_graph != 0, create_graph != 0,
                              tensors_of(inputs, num_inputs));
  });
}

/// Gradients of `outputs` for `inputs`, not accumulated; an unused input gives null where that is allowed.
LHTS_API int lhts_grad(const at::Tensor* const* outputs, int32_t num_outputs, const at::Tensor* const* gradients,
                       const at::Tensor* const* inputs, int32_t num_inputs, int retain_graph, int create_graph,
                       int allow_unused, at::Tensor** results) {
  return guarded([=] {
    std::vector<at::Tensor> given;
    if (gradients != nullptr) given = tensors_of(gradients, num_outputs);
    auto found = torch::autograd::grad(tensors_of(outputs, num_outputs), tensors_of(inputs, num_inputs), given,
                                       retain_graph != 0, create_graph != 0, allow_unused != 0);
    for (int32_t i = 0; i < num_inputs; ++i) results[i] = hand_out(std::move(found[i]));
  });
}
