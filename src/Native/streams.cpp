// Queues of work of a device, by libtorch's interface that is the same for every kind of device.
#include "lhts.h"

#include <c10/core/Event.h>
#include <c10/core/Stream.h>
#include <c10/core/impl/VirtualGuardImpl.h>

using namespace lhts;

namespace {

/// A stream by value; mirrored by Lhts.Extensions.NativeStream.
struct StreamName {
  int64_t id;
  int32_t device_type;
  int32_t device_index;  // -1: the current device
};
static_assert(sizeof(StreamName) == 16, "Lhts.Extensions.NativeStream has this layout");

c10::impl::VirtualGuardImpl guard_of(const StreamName& name) {
  return c10::impl::VirtualGuardImpl(static_cast<c10::DeviceType>(name.device_type));
}

c10::Device device_of(const StreamName& name) {
  if (name.device_index < 0) return guard_of(name).getDevice();
  return c10::Device(static_cast<c10::DeviceType>(name.device_type), static_cast<c10::DeviceIndex>(name.device_index));
}

c10::Stream stream_of(const StreamName& name) { return c10::Stream(c10::Stream::UNSAFE, device_of(name), name.id); }

StreamName name_of(const c10::Stream& stream) {
  return {static_cast<int64_t>(stream.id()), static_cast<int32_t>(stream.device_type()), static_cast<int32_t>(stream.device_index())};
}

}  // namespace

/// The stream that this thread's work on a device goes to; `name` holds the device and takes the stream.
LHTS_API int lhts_stream_current(StreamName* name) {
  return guarded([=] { *name = name_of(guard_of(*name).getStream(device_of(*name))); });
}

/// One of the device's streams beside the default one, which it hands out in turn.
LHTS_API int lhts_stream_from_pool(StreamName* name, int32_t high_priority) {
  return guarded([=] { *name = name_of(guard_of(*name).getStreamFromGlobalPool(device_of(*name), high_priority != 0)); });
}

/// Sends this thread's work on the stream's device to the stream; the one before goes to `previous`.
LHTS_API int lhts_stream_use(const StreamName* name, StreamName* previous) {
  return guarded([=] { *previous = name_of(guard_of(*name).exchangeStream(stream_of(*name))); });
}

/// 1 where all work given to the stream is done.
LHTS_API int lhts_stream_query(const StreamName* name, int32_t* done) {
  return guarded([=] { *done = guard_of(*name).queryStream(stream_of(*name)) ? 1 : 0; });
}

/// Waits for all work given to the stream.
LHTS_API int lhts_stream_synchronize(const StreamName* name) {
  return guarded([=] { guard_of(*name).synchronizeStream(stream_of(*name)); });
}

/// Work given to `name` from now on starts after the work that `other` has now; nothing waits here.
LHTS_API int lhts_stream_wait(const StreamName* name, const StreamName* other) {
  return guarded([=] {
    c10::Event event(static_cast<c10::DeviceType>(other->device_type));
    event.record(stream_of(*other));
    event.block(stream_of(*name));
  });
}

/// The tensor's memory is not given to others before the work that the stream has now is done.
LHTS_API int lhts_stream_record(const StreamName* name, const at::Tensor* tensor) {
  return guarded([=] { guard_of(*name).recordDataPtrOnStream(tensor_of(tensor).storage().data_ptr(), stream_of(*name)); });
}
