// Calls back when a parameter's gradient of a backward pass is there, while the pass goes on.
#include "lhts.h"

#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/utils/lambda_post_hook.h>
#include <torch/csrc/autograd/variable.h>

#include <memory>

using namespace lhts;

namespace {

using Ready = void (*)(void* context, int32_t index);

/// The variable holds its accumulator weakly: whoever hooks it must keep it.
using Accumulator = decltype(torch::autograd::impl::grad_accumulator(std::declval<const at::Tensor&>()));

struct GradientHook {
  Accumulator accumulator;
  uintptr_t key;
};

}  // namespace

/// `ready` runs on the thread of the backward pass, right after the gradient was added, until the hook is disposed.
LHTS_API int lhts_gradient_hook_new(const at::Tensor* parameter, void* context, int32_t index, Ready ready, GradientHook** result) {
  return guarded([=] {
    using torch::autograd::variable_list;
    auto accumulator = torch::autograd::impl::grad_accumulator(tensor_of(parameter));
    const auto call = [=](const variable_list& outputs, const variable_list&) {
      ready(context, index);
      return outputs;
    };
    const auto key = accumulator->add_post_hook(std::make_unique<torch::autograd::utils::LambdaPostHook>(call));
    *result = new GradientHook{std::move(accumulator), key};
  });
}

LHTS_API void lhts_gradient_hook_dispose(GradientHook* hook) {
  hook->accumulator->del_post_hook(hook->key);
  delete hook;
}
