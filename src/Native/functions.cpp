// Functions whose backward is managed code: a node of the graph that calls back.
#include "lhts.h"

#include <c10/util/intrusive_ptr.h>
#include <torch/csrc/autograd/edge.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

using namespace lhts;
using torch::autograd::Node;
using torch::autograd::variable_list;

LHTS_API void lhts_tensor_dispose(at::Tensor* tensor);

namespace {

/// Takes the gradient of the output (which the callee frees) and sets those of the inputs, null for none (which the caller frees).
/// Not zero: it failed, and the message is in the buffer.
using Backward = int (*)(void* context, at::Tensor* gradient, at::Tensor** results, int32_t count, char* message, int32_t capacity);

/// Frees the context once the graph no longer needs it.
using Release = void (*)(void* context);

class ManagedNode final : public Node {
 public:
  ManagedNode(void* context, int32_t count, Backward backward, Release release)
      : context_(context), count_(count), backward_(backward), release_(release) {}

  ~ManagedNode() override { release_(context_); }

  variable_list apply(variable_list&& gradients) override {
    auto gradient = gradients[0].defined() ? gradients[0] : input_metadata(0).zeros_like();
    std::vector<at::Tensor*> results(count_, nullptr);
    char message[512] = {};
    const int status = backward_(context_, hand_out(std::move(gradient)), results.data(), count_, message, sizeof(message));
    variable_list list(count_);
    for (int32_t i = 0; i < count_; ++i) {
      if (results[i] == nullptr) continue;
      list[i] = *results[i];
      lhts_tensor_dispose(results[i]);
    }
    if (status != 0) throw std::runtime_error(message);
    return list;
  }

 private:
  void* context_;
  int32_t count_;
  Backward backward_;
  Release release_;
};

/// Makes nodes as this libtorch holds them: by an intrusive pointer from 2.14 at the latest, by std::shared_ptr before.
using NodePointer = decltype(torch::autograd::Edge::function);

template <class Pointer>
struct NodeMaker {
  template <class... Arguments>
  static Pointer make(Arguments... arguments) {
    return c10::make_intrusive<ManagedNode>(arguments...);
  }
};

template <>
struct NodeMaker<std::shared_ptr<Node>> {
  template <class... Arguments>
  static std::shared_ptr<Node> make(Arguments... arguments) {
    // deleteNode is looked up where this is used: a newer libtorch has none.
    return std::shared_ptr<Node>(new ManagedNode(arguments...), [](auto* node) { deleteNode(node); });
  }
};

}  // namespace

/// A view of `output` in the graph: its gradient goes to `backward`, whose results go to the inputs. Owns `context` from the call on.
LHTS_API int lhts_function_attach(const at::Tensor* output, const at::Tensor* const* inputs, int32_t count, void* context,
                                  Backward backward, Release release, at::Tensor** result) {
  return guarded([=] {
    const auto node = NodeMaker<NodePointer>::make(context, count, backward, release);
    variable_list list;
    for (int32_t i = 0; i < count; ++i) list.push_back(inputs[i] ? *inputs[i] : at::Tensor());
    node->set_next_edges(torch::autograd::collect_next_edges(list));
    auto attached = tensor_of(output).detach();
    torch::autograd::set_history(attached, node);
    *result = hand_out(std::move(attached));
  });
}
