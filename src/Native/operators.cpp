// Operators by schema: found once by name, then called boxed through the c10 dispatcher.
#include "lhts.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ScalarOps.h>
#include <ATen/core/stack.h>

#include <cfloat>
#include <cmath>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

LHTS_API void lhts_tensor_dispose(at::Tensor* tensor);

namespace lhts {

namespace {

/// How an argument's Value becomes an IValue: what the schema's type asks for beyond the Value's own kind.
enum class Form : uint8_t { kPlain, kReal, kOptionalTensorList };

struct Operator;

/// Calls an operator of a common C++ signature without boxing its arguments. False: the arguments are not of that form.
using Direct = bool (*)(const Operator& op, const Value* arguments, int32_t num_arguments, Value* results, int32_t num_results);

struct Operator {
  c10::OperatorHandle handle;
  Direct direct;
  std::vector<Form> forms;
  std::vector<c10::IValue> defaults;
  std::vector<bool> has_default;
  size_t num_returns;
  c10::optional<c10::OperatorHandle> of_tensors;  // for arithmetic with a number: the same with a tensor
};

Form form_of(c10::TypePtr type) {
  if (auto optional = type->cast<c10::OptionalType>()) type = optional->getElementType();
  if (type->kind() == c10::TypeKind::FloatType) return Form::kReal;
  if (auto list = type->cast<c10::ListType>()) {
    if (list->getElementType()->kind() == c10::TypeKind::OptionalType) return Form::kOptionalTensorList;
  }
  return Form::kPlain;
}

c10::IValue tensor_list(const Value& value, Form form) {
  const auto* handles = static_cast<const at::Tensor* const*>(value.pointer);
  if (form == Form::kOptionalTensorList) {
    c10::List<c10::optional<at::Tensor>> list;
    list.reserve(value.count);
    for (int32_t i = 0; i < value.count; ++i) {
      list.push_back(handles[i] ? c10::optional<at::Tensor>(*handles[i]) : c10::nullopt);
    }
    return c10::IValue(std::move(list));
  }
  c10::List<at::Tensor> list;
  list.reserve(value.count);
  for (int32_t i = 0; i < value.count; ++i) list.push_back(tensor_of(handles[i]));
  return c10::IValue(std::move(list));
}

c10::IValue to_ivalue(const Value& value, Form form) {
  switch (value.kind) {
    case kNone: return c10::IValue();
    case kTensor: return c10::IValue(tensor_of(value.pointer));
    case kInt:
      if (form == Form::kReal) return c10::IValue(static_cast<double>(value.integer));
      return c10::IValue(value.integer);
    case kDouble: return c10::IValue(value.real);
    case kBool: return c10::IValue(value.integer != 0);
    case kIntList: {
      const auto* items = static_cast<const int64_t*>(value.pointer);
      return c10::IValue(std::vector<int64_t>(items, items + value.count));
    }
    case kDoubleList: {
      const auto* items = static_cast<const double*>(value.pointer);
      return c10::IValue(std::vector<double>(items, items + value.count));
    }
    case kTensorList: return tensor_list(value, form);
    case kDevice:
      return c10::IValue(c10::Device(static_cast<c10::DeviceType>(value.integer >> 32),
                                     static_cast<c10::DeviceIndex>(static_cast<int32_t>(value.integer))));
    case kString: return c10::IValue(std::string(static_cast<const char*>(value.pointer), value.count));
    case kGenerator: return c10::IValue(*static_cast<const at::Generator*>(value.pointer));
    default: throw std::invalid_argument("unknown kind of operator argument");
  }
}

/// Results on their way out: what has been converted is freed again where a later one cannot be.
class Handed {
 public:
  explicit Handed(Value* results) : results_(results) {}
  ~Handed() {
    for (int32_t i = 0; i < count_; ++i) free(results_[i]);
  }
  Value& next() { return results_[count_++] = Value{kNone, 0, {0}}; }
  void keep() { count_ = 0; }

 private:
  static void free(const Value& value) {
    if (value.kind == kTensor) lhts_tensor_dispose(static_cast<at::Tensor*>(const_cast<void*>(value.pointer)));
    if (value.kind != kTensorList) return;
    auto* const* tensors = static_cast<at::Tensor* const*>(value.pointer);
    for (int32_t i = 0; i < value.count; ++i) lhts_tensor_dispose(tensors[i]);
    std::free(const_cast<void*>(value.pointer));
  }

  Value* results_;
  int32_t count_ = 0;
};

void give_list(const c10::IValue& result, Value& value) {
  const auto tensors = result.toTensorVector();
  auto** handles = static_cast<at::Tensor**>(std::malloc(sizeof(at::Tensor*) * (tensors.size() + 1)));
  if (handles == nullptr) throw std::bad_alloc();
  value.kind = kTensorList;
  value.pointer = handles;
  for (const auto& tensor : tensors) {
    handles[value.count] = hand_out(at::Tensor(tensor));
    ++value.count;
  }
}

void give(c10::IValue&& result, Value& value) {
  if (result.isTensor()) {
    value.pointer = hand_out(std::move(result).toTensor());
    value.kind = kTensor;
  } else if (result.isInt()) {
    value.kind = kInt;
    value.integer = result.toInt();
  } else if (result.isDouble()) {
    value.kind = kDouble;
    value.real = result.toDouble();
  } else if (result.isBool()) {
    value.kind = kBool;
    value.integer = result.toBool();
  } else if (result.isTensorList()) {
    give_list(result, value);
  } else if (!result.isNone()) {
    throw std::invalid_argument("an operator result of a kind that does not cross the boundary");
  }
}

/// A stack whose memory is kept from call to call on this thread; a call inside another one gets a fresh one.
struct BorrowedStack {
  BorrowedStack() { stack.swap(kept()); }
  ~BorrowedStack() {
    stack.clear();
    stack.swap(kept());
  }
  static torch::jit::Stack& kept() {
    static thread_local torch::jit::Stack memory;
    return memory;
  }
  torch::jit::Stack stack;
};

// --- Calls without boxing ------------------------------------------------------------------------------------------

at::Scalar to_scalar(const Value& value) {
  if (value.kind == kDouble) return value.real;
  if (value.kind == kBool) return value.integer != 0;
  return value.integer;
}

bool is_number(const Value& value) { return value.kind == kDouble || value.kind == kInt || value.kind == kBool; }

void give(at::Tensor&& tensor, Value* results, int32_t num_results) {
  if (num_results == 0) return;
  results[0].kind = kTensor;
  results[0].count = 0;
  results[0].pointer = hand_out(std::move(tensor));
}

/// Compared with the kernel's own signature when it is first used, by the dispatcher.
template <class Signature>
c10::TypedOperatorHandle<Signature> typed(const Operator& op) { return op.handle.typed<Signature>(); }

/// (self) -> a new tensor, or the tensor that it works on in place.
template <bool InPlace>
bool call_unary(const Operator& op, const Value* a, int32_t n, Value* results, int32_t num_results) {
  if (n != 1 || a[0].kind != kTensor) return false;
  if constexpr (InPlace) {
    if (num_results != 0) return false;
    typed<at::Tensor&(at::Tensor&)>(op).call(const_cast<at::Tensor&>(tensor_of(a[0].pointer)));
  } else {
    give(typed<at::Tensor(const at::Tensor&)>(op).call(tensor_of(a[0].pointer)), results, num_results);
  }
  return true;
}

/// (self, other), both tensors.
template <bool InPlace>
bool call_binary(const Operator& op, const Value* a, int32_t n, Value* results, int32_t num_results) {
  if (n != 2 || a[0].kind != kTensor || a[1].kind != kTensor) return false;
  const auto& other = tensor_of(a[1].pointer);
  if constexpr (InPlace) {
    if (num_results != 0) return false;
    typed<at::Tensor&(at::Tensor&, const at::Tensor&)>(op).call(const_cast<at::Tensor&>(tensor_of(a[0].pointer)), other);
  } else {
    give(typed<at::Tensor(const at::Tensor&, const at::Tensor&)>(op).call(tensor_of(a[0].pointer), other), results, num_results);
  }
  return true;
}

/// (self, other, alpha), where alpha may be left off.
template <bool InPlace>
bool call_binary_alpha(const Operator& op, const Value* a, int32_t n, Value* results, int32_t num_results) {
  if (n < 2 || n > 3 || a[0].kind != kTensor || a[1].kind != kTensor || (n == 3 && !is_number(a[2]))) return false;
  const auto& other = tensor_of(a[1].pointer);
  const at::Scalar alpha = n == 3 ? to_scalar(a[2]) : at::Scalar(1);
  if constexpr (InPlace) {
    if (num_results != 0) return false;
    typed<at::Tensor&(at::Tensor&, const at::Tensor&, const at::Scalar&)>(op).call(
        const_cast<at::Tensor&>(tensor_of(a[0].pointer)), other, alpha);
  } else {
    give(typed<at::Tensor(const at::Tensor&, const at::Tensor&, const at::Scalar&)>(op).call(
             tensor_of(a[0].pointer), other, alpha), results, num_results);
  }
  return true;
}

/// The number as a tensor of `self`'s own type, for arithmetic on it; undefined where that would not be the same.
/// libtorch makes a float64 or int64 tensor of a number and casts it by a whole operator call, which takes longer than the
/// arithmetic on a few elements; the cast value is this one. Not under autograd, which records another node.
at::Tensor number_like(const at::Tensor& self, const Value& number) {
  const auto type = self.scalar_type();
  if ((type != at::kFloat && type != at::kDouble) || !self.device().is_cpu()) return {};
  if (self.requires_grad() && at::GradMode::is_enabled()) return {};
  const auto value = to_scalar(number);
  const auto size = std::fabs(value.toDouble());
  if (type == at::kFloat && size > FLT_MAX && !std::isinf(size)) return {};
  auto tensor = at::detail::scalar_tensor_static(value, type, at::Device(at::kCPU));
  tensor.unsafeGetTensorImpl()->set_wrapped_number(true);
  return tensor;
}

/// (self, number).
template <bool InPlace>
bool call_scalar(const Operator& op, const Value* a, int32_t n, Value* results, int32_t num_results) {
  if (n != 2 || a[0].kind != kTensor || !is_number(a[1])) return false;
  if (op.of_tensors.has_value()) {
    const auto& self = tensor_of(a[0].pointer);
    const auto number = number_like(self, a[1]);
    if (number.defined()) {
      if constexpr (InPlace) {
        if (num_results != 0) return false;
        op.of_tensors->typed<at::Tensor&(at::Tensor&, const at::Tensor&)>().call(const_cast<at::Tensor&>(self), number);
      } else {
        give(op.of_tensors->typed<at::Tensor(const at::Tensor&, const at::Tensor&)>().call(self, number), results, num_results);
      }
      return true;
    }
  }
  const auto other = to_scalar(a[1]);
  if constexpr (InPlace) {
    if (num_results != 0) return false;
    typed<at::Tensor&(at::Tensor&, const at::Scalar&)>(op).call(const_cast<at::Tensor&>(tensor_of(a[0].pointer)), other);
  } else {
    give(typed<at::Tensor(const at::Tensor&, const at::Scalar&)>(op).call(tensor_of(a[0].pointer), other), results, num_results);
  }
  return true;
}

/// (self, number, alpha), where alpha may be left off.
template <bool InPlace>
bool call_scalar_alpha(const Operator& op, const Value* a, int32_t n, Value* results, int32_t num_results) {
  if (n < 2 || n > 3 || a[0].kind != kTensor || !is_number(a[1]) || (n == 3 && !is_number(a[2]))) return false;
  const at::Scalar alpha = n == 3 ? to_scalar(a[2]) : at::Scalar(1);
  if (op.of_tensors.has_value()) {
    const auto& self = tensor_of(a[0].pointer);
    const auto number = number_like(self, a[1]);
    if (number.defined()) {
      if constexpr (InPlace) {
        if (num_results != 0) return false;
        op.of_tensors->typed<at::Tensor&(at::Tensor&, const at::Tensor&, const at::Scalar&)>().call(const_cast<at::Tensor&>(self), number, alpha);
      } else {
        give(op.of_tensors->typed<at::Tensor(const at::Tensor&, const at::Tensor&, const at::Scalar&)>().call(self, number, alpha),
             results, num_results);
      }
      return true;
    }
  }
  const auto other = to_scalar(a[1]);
  if constexpr (InPlace) {
    if (num_results != 0) return false;
    typed<at::Tensor&(at::Tensor&, const at::Scalar&, const at::Scalar&)>(op).call(
        const_cast<at::Tensor&>(tensor_of(a[0].pointer)), other, alpha);
  } else {
    give(typed<at::Tensor(const at::Tensor&, const at::Scalar&, const at::Scalar&)>(op).call(
             tensor_of(a[0].pointer), other, alpha), results, num_results);
  }
  return true;
}

/// The operator on two tensors of arithmetic that has a form with a number.
c10::optional<c10::OperatorHandle> tensor_form(const std::string& name) {
  for (const auto* known : {"aten::add", "aten::add_", "aten::sub", "aten::sub_", "aten::mul", "aten::mul_", "aten::div", "aten::div_"}) {
    if (name == known) return c10::Dispatcher::singleton().findSchema({name, "Tensor"});
  }
  return {};
}

/// The call for a schema of one of the signatures above: T for a tensor, S for a number, ! for one that is written to.
Direct direct_of(const c10::FunctionSchema& schema) {
  if (schema.returns().size() != 1 || schema.returns()[0].type()->kind() != c10::TypeKind::TensorType) return nullptr;
  std::string shape;
  for (const auto& argument : schema.arguments()) {
    const auto kind = argument.type()->kind();
    if (argument.is_out() || argument.kwarg_only() != (argument.name() == "alpha")) return nullptr;
    if (kind != c10::TypeKind::TensorType && kind != c10::TypeKind::NumberType) return nullptr;
    shape += kind == c10::TypeKind::TensorType ? 'T' : argument.name() == "alpha" ? 'A' : 'S';
    const auto* alias = argument.alias_info();
    if (alias == nullptr) continue;
    if (!alias->isWrite()) return nullptr;  // a view: its result shares memory, but is a new tensor
    shape += '!';
  }
  static const std::pair<const char*, Direct> known[] = {
      {"T", call_unary<false>},          {"T!", call_unary<true>},          {"TT", call_binary<false>},
      {"T!T", call_binary<true>},        {"TTA", call_binary_alpha<false>}, {"T!TA", call_binary_alpha<true>},
      {"TS", call_scalar<false>},        {"T!S", call_scalar<true>},        {"TSA", call_scalar_alpha<false>},
      {"T!SA", call_scalar_alpha<true>},
  };
  for (const auto& [text, call] : known) {
    if (shape == text) return call;
  }
  return nullptr;
}

}  // namespace

}  // namespace lhts

using namespace lhts;

/// Finds `name` ("aten::add") with `overload` ("Tensor" or ""); the handle lives as long as the process.
/// A libtorch that lacks the operator gives kOk and a null handle.
LHTS_API int lhts_operator_find(const char* name, const char* overload, void** result) {
  return guarded([=] {
    *result = nullptr;
    auto found = c10::Dispatcher::singleton().findSchema({name, overload});
    if (!found.has_value()) return;
    const auto& schema = found->schema();
    auto* op = new Operator{*found, direct_of(schema), {}, {}, {}, schema.returns().size(), {}};
    if (schema.overload_name() == "Scalar") op->of_tensors = tensor_form(schema.name());
    for (const auto& argument : schema.arguments()) {
      op->forms.push_back(form_of(argument.type()));
      op->has_default.push_back(argument.default_value().has_value());
      op->defaults.push_back(argument.default_value().value_or(c10::IValue()));
    }
    *result = op;
  });
}

/// Calls an operator. The few signatures of most calls go straight to their kernels; all others are boxed.
/// Arguments that are left off at the end take the schema's defaults.
/// At most `num_results` results are handed out; more are dropped (in-place operators return their input).
LHTS_API int lhts_operator_call(void* handle, const Value* arguments, int32_t num_arguments, Value* results,
                                int32_t num_results) {
  return guarded([=] {
    const auto& op = *static_cast<const Operator*>(handle);
    const auto expected = op.forms.size();
    if (static_cast<size_t>(num_arguments) > expected) throw std::invalid_argument("too many arguments");
    if (op.direct != nullptr && op.direct(op, arguments, num_arguments, results, num_results)) return;
    BorrowedStack borrowed;
    auto& stack = borrowed.stack;
    for (int32_t i = 0; i < num_arguments; ++i) stack.push_back(to_ivalue(arguments[i], op.forms[i]));
    for (size_t i = num_arguments; i < expected; ++i) {
      if (!op.has_default[i]) throw std::invalid_argument("too few arguments");
      stack.push_back(op.defaults[i]);
    }
    op.handle.callBoxed(stack);
    Handed handed(results);
    for (int32_t i = 0; i < num_results; ++i) give(std::move(stack.at(i)), handed.next());
    handed.keep();
  });
}

/// Frees an array that came back as a kTensorList result (its tensors belong to the receiver).
LHTS_API void lhts_free(void* memory) { std::free(memory); }
