#include "lhts.h"

#include <c10/util/Exception.h>

#include <cstddef>
#include <new>
#include <stdexcept>
#include <string>

namespace lhts {

namespace {

thread_local std::string last_error;

// libtorch appends a C++ backtrace and "Exception raised from" lines; users get the first line.
std::string first_line(const char* text) {
  std::string message(text);
  const auto end = message.find('\n');
  return end == std::string::npos ? message : message.substr(0, end);
}

}  // namespace

int fail(Status status, const char* message) {
  last_error = first_line(message);
  return status;
}

int fail_current() {
  try {
    throw;
  } catch (const std::invalid_argument& e) {
    return fail(kInvalidArgument, e.what());
  } catch (const c10::IndexError& e) {
    return fail(kIndexError, e.what_without_backtrace());
  } catch (const c10::ValueError& e) {
    return fail(kValueError, e.what_without_backtrace());
  } catch (const c10::TypeError& e) {
    return fail(kTypeError, e.what_without_backtrace());
  } catch (const c10::NotImplementedError& e) {
    return fail(kNotImplemented, e.what_without_backtrace());
  } catch (const c10::Error& e) {
    const std::string text = e.what_without_backtrace();
    const bool memory = text.find("out of memory") != std::string::npos ||
                        text.find("can't allocate memory") != std::string::npos;
    return fail(memory ? kOutOfMemory : kError, text.c_str());
  } catch (const std::bad_alloc& e) {
    return fail(kOutOfMemory, e.what());
  } catch (const std::exception& e) {
    return fail(kStandardException, e.what());
  } catch (...) {
    return fail(kUnknownException, "a C++ exception of unknown type");
  }
}

}  // namespace lhts

/// Sizes and offsets of the structs that cross the boundary, in the order of TorchSharp.Native.Layout; gives their number.
/// The managed side compares them when it loads the library.
LHTS_API int lhts_layout(int32_t* numbers, int32_t capacity) {
  using lhts::AdamWStep;
  using lhts::TensorInfo;
  using lhts::Value;
  const int32_t own[] = {
      sizeof(Value),      offsetof(Value, kind),           offsetof(Value, count),       offsetof(Value, integer),
      sizeof(TensorInfo), offsetof(TensorInfo, sizes),     offsetof(TensorInfo, data),   offsetof(TensorInfo, scalar_type),
      offsetof(TensorInfo, requires_grad),                 offsetof(TensorInfo, is_cpu), sizeof(AdamWStep),
      offsetof(AdamWStep, weight_decay),                   offsetof(AdamWStep, step),
  };
  constexpr int32_t count = sizeof(own) / sizeof(own[0]);
  for (int32_t i = 0; i < count && i < capacity; ++i) numbers[i] = own[i];
  return count;
}

/// The message of this thread's last failure, UTF-8; valid until its next failure.
LHTS_API const char* lhts_last_error() { return lhts::last_error.c_str(); }

/// Throws a C++ exception of the given kind inside the guard: 0 std::runtime_error, 1 an int, 2 c10::Error,
/// 3 std::bad_alloc. The tests of the boundary use it.
LHTS_API int lhts_provoke(int kind) {
  return lhts::guarded([kind] {
    switch (kind) {
      case 0: throw std::runtime_error("provoked\nsecond line");
      case 1: throw 42;
      case 2: TORCH_CHECK(false, "provoked by TORCH_CHECK");
      case 3: throw std::bad_alloc();
      default: throw std::invalid_argument("no such exception");
    }
  });
}
