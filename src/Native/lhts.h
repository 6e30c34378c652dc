// The C ABI between src/Torch (C#) and libtorch. Every function returns a status and never throws; the message
// of the last failure on this thread is read with lhts_last_error. A tensor crosses as a heap `at::Tensor*`
// (as in TorchSharp), which the receiver owns and frees with lhts_tensor_dispose.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>

#define LHTS_API extern "C" __attribute__((visibility("default")))

namespace lhts {

/// What went wrong; mirrored by TorchSharp.Native.Status.
enum Status : int32_t {
  kOk = 0,
  kError = 1,           // any other c10::Error
  kIndexError = 2,
  kValueError = 3,
  kTypeError = 4,
  kNotImplemented = 5,
  kOutOfMemory = 6,
  kStandardException = 7,
  kUnknownException = 8,
  kInvalidArgument = 9  // found by this library itself: null handle, unknown operator, wrong count
};

/// What a Value holds; mirrored by TorchSharp.Native.ValueKind.
enum Kind : int32_t {
  kNone = 0,
  kTensor = 1,      // pointer: at::Tensor*
  kInt = 2,
  kDouble = 3,
  kBool = 4,
  kIntList = 5,     // pointer: int64_t[count]
  kTensorList = 6,  // pointer: at::Tensor*[count]; null entries are absent tensors
  kDevice = 7,      // integer: type << 32 | index (low half, -1: current)
  kString = 8,      // pointer: UTF-8, count bytes
  kGenerator = 9,   // pointer: at::Generator*
  kDoubleList = 10  // pointer: double[count]
};

/// One operator argument or result. 16 bytes: kind at 0, count at 4, payload at 8.
struct Value {
  int32_t kind;
  int32_t count;
  union {
    int64_t integer;
    double real;
    const void* pointer;
  };
};
static_assert(sizeof(Value) == 16, "TorchSharp.Native.Value has this layout");

/// One step of AdamW; mirrored by TorchSharp.Native.AdamWStep.
struct AdamWStep {
  double learning_rate;
  double beta1;
  double beta2;
  double epsilon;
  double weight_decay;
  int64_t step;  // from 1 up
};

/// Everything about a tensor that costs nothing to read; mirrored by TorchSharp.Native.TensorInfo.
struct TensorInfo {
  int64_t num_dimensions;
  int64_t num_elements;
  const int64_t* sizes;
  const int64_t* strides;
  void* data;  // null where there is no storage to read
  int32_t scalar_type;
  int32_t element_size;
  int32_t device_type;
  int32_t device_index;
  int32_t requires_grad;
  int32_t is_leaf;
  int32_t is_contiguous;
  int32_t is_cpu;
};

int fail(Status status, const char* message);
int fail_current();  // call inside a catch block

at::Tensor* hand_out(at::Tensor&& tensor);  // null for an undefined tensor
const at::Tensor& tensor_of(const void* handle);

/// Runs `body`; every C++ exception, of any type, becomes a status.
template <class Body>
int guarded(Body&& body) {
  try {
    body();
    return kOk;
  } catch (...) {
    return fail_current();
  }
}

}  // namespace lhts
