// Collectives: libtorch's own c10d. A group is a Gloo or NCCL process group that met at a TCPStore; a work is a collective under way.
// Debian's package lacks a header that c10d's Reducer needs, so the bucketing of gradients is managed code on these.
#include "lhts.h"

#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#include <torch/version.h>

#if TORCH_VERSION_MAJOR >= 2
#include <torch/csrc/distributed/c10d/Backend.hpp>
#else
#include <torch/csrc/distributed/c10d/ProcessGroup.hpp>
#endif
#ifdef USE_C10D_GLOO
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#endif
#ifdef USE_C10D_NCCL
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

using namespace lhts;

namespace {

#if TORCH_VERSION_MAJOR >= 2
using Group = c10d::Backend;
#else
using Group = c10d::ProcessGroup;
#endif

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

enum Backend : int32_t { kGloo = 0, kNccl = 1 };

/// Shared with the callback of the future, which may outlive the work.
struct Finished {
  std::atomic<int64_t> nanoseconds{0};  // on the steady clock; 0: not yet, or this backend does not tell
};

struct WorkHandle {
  c10::intrusive_ptr<c10d::Work> work;
  std::shared_ptr<Finished> finished;
};

struct StoreHandle {
  c10::intrusive_ptr<c10d::TCPStore> server;
  c10::intrusive_ptr<c10d::Store> store;  // the same, under the prefix
};

using GroupHandle = c10::intrusive_ptr<Group>;

int64_t now() { return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now().time_since_epoch()).count(); }

/// Gloo's works say when they end; those of NCCL end on the device, and asking would cost a synchronisation.
WorkHandle* track(c10::intrusive_ptr<c10d::Work> work, const Group& group) {
  auto handle = std::make_unique<WorkHandle>(WorkHandle{std::move(work), std::make_shared<Finished>()});
  if (group.getBackendName() == "gloo" && handle->work) {
    auto finished = handle->finished;
    if (auto future = handle->work->getFuture()) future->addCallback([finished](auto&) { finished->nanoseconds = now(); });
  }
  return handle.release();
}

c10d::ReduceOp operation(int32_t number) {
  switch (number) {
    case 0: return c10d::ReduceOp::SUM;
    case 1: return c10d::ReduceOp::MAX;
    case 2: return c10d::ReduceOp::MIN;
    default: throw std::invalid_argument("no such reduction");
  }
}

/// What only moves numbers need not know them: Gloo is given the bytes of types that it has no name for, such as bfloat16.
at::Tensor movable(const at::Tensor* handle, const Group& group) {
  const auto& tensor = tensor_of(handle);
  if (group.getBackendName() != "gloo") return tensor;
  switch (tensor.scalar_type()) {
    case at::kFloat:
    case at::kDouble:
    case at::kHalf:
    case at::kByte:
    case at::kChar:
    case at::kInt:
    case at::kLong: return tensor;
    default: return tensor.view({-1}).view(at::kByte);
  }
}

/// From 2.4 on libuv serves a store unless told otherwise, and Debian's libtorch is built without; before 2.2 there is nothing to tell.
template <typename Options>
auto serve_without_libuv(Options& options, int) -> decltype(options.useLibUV, void()) {
  options.useLibUV = false;
}
template <typename Options>
void serve_without_libuv(Options&, long) {}

std::vector<at::Tensor> list_of(const at::Tensor* handle) { return {tensor_of(handle)}; }

#ifdef USE_C10D_GLOO
GroupHandle join_gloo(const StoreHandle& store, int32_t rank, int32_t size, Milliseconds timeout, const std::string& address,
                      const std::string& network) {
  using c10d::ProcessGroupGloo;
  auto options = ProcessGroupGloo::Options::create(timeout);
  options->devices.push_back(network.empty() ? ProcessGroupGloo::createDeviceForHostname(address)
                                             : ProcessGroupGloo::createDeviceForInterface(network));
  return c10::make_intrusive<ProcessGroupGloo>(store.store, rank, size, options);
}
#endif

#ifdef USE_C10D_NCCL
GroupHandle join_nccl(const StoreHandle& store, int32_t rank, int32_t size, Milliseconds timeout) {
  auto options = c10d::ProcessGroupNCCL::Options::create();
  options->timeout = timeout;
  return c10::make_intrusive<c10d::ProcessGroupNCCL>(store.store, rank, size, options);
}
#endif

}  // namespace

/// Whether this library was built with a backend.
LHTS_API int lhts_has_backend(int32_t backend) {
#ifdef USE_C10D_GLOO
  if (backend == kGloo) return 1;
#endif
#ifdef USE_C10D_NCCL
  if (backend == kNccl) return 1;
#endif
  (void)backend;
  return 0;
}

/// A client of the store at an address, and its server too where `is_server`. Port 0 takes a free one. Keys go under the prefix.
LHTS_API int lhts_store_new(const char* host, int32_t port, int is_server, int64_t timeout_ms, const char* prefix,
                            StoreHandle** result) {
  return guarded([=] {
    c10d::TCPStoreOptions options;
    options.port = static_cast<uint16_t>(port);
    options.isServer = is_server != 0;
    options.waitWorkers = false;
    serve_without_libuv(options, 0);
    options.timeout = Milliseconds(timeout_ms);
    auto server = c10::make_intrusive<c10d::TCPStore>(host, options);
    auto store = c10::make_intrusive<c10d::PrefixStore>(prefix, server);
    *result = new StoreHandle{std::move(server), std::move(store)};
  });
}

LHTS_API void lhts_store_dispose(StoreHandle* store) { delete store; }

LHTS_API int lhts_store_port(const StoreHandle* store) { return store->server->getPort(); }

LHTS_API int lhts_store_set(StoreHandle* store, const char* key, const uint8_t* value, int64_t count) {
  return guarded([=] { store->store->set(key, std::vector<uint8_t>(value, value + count)); });
}

/// Waits until the key is there, for the store's timeout at most; the caller frees `value` with lhts_free.
LHTS_API int lhts_store_get(StoreHandle* store, const char* key, uint8_t** value, int64_t* count) {
  return guarded([=] {
    const auto found = store->store->get(key);
    *count = static_cast<int64_t>(found.size());
    *value = static_cast<uint8_t*>(std::malloc(found.size() + 1));
    if (*value == nullptr) throw std::bad_alloc();
    std::memcpy(*value, found.data(), found.size());
  });
}

LHTS_API int lhts_store_add(StoreHandle* store, const char* key, int64_t amount, int64_t* result) {
  return guarded([=] { *result = store->store->add(key, amount); });
}

LHTS_API int lhts_store_check(StoreHandle* store, const char* key, int* result) {
  return guarded([=] { *result = store->store->check({key}) ? 1 : 0; });
}

/// Joins a group of `size` ranks that meet at the store. Gloo listens on `address`, or on the interface `network` where one is named.
LHTS_API int lhts_group_new(int32_t backend, StoreHandle* store, int32_t rank, int32_t size, int64_t timeout_ms,
                            const char* address, const char* network, GroupHandle** result) {
  return guarded([=] {
    const Milliseconds timeout(timeout_ms);
    (void)timeout;
    (void)address;
    (void)network;
    *result = nullptr;
#ifdef USE_C10D_GLOO
    if (backend == kGloo) *result = new GroupHandle(join_gloo(*store, rank, size, timeout, address, network));
#endif
#ifdef USE_C10D_NCCL
    if (backend == kNccl) *result = new GroupHandle(join_nccl(*store, rank, size, timeout));
#endif
    if (*result == nullptr) throw std::invalid_argument("this libtorch was built without that backend");
  });
}

/// Waits for what is under way; with a peer that hangs that is the timeout.
LHTS_API void lhts_group_dispose(GroupHandle* group) { delete group; }

LHTS_API int lhts_all_reduce(GroupHandle* group, const at::Tensor* tensor, int32_t reduction, WorkHandle** result) {
  return guarded([=] {
    c10d::AllreduceOptions options;
    options.reduceOp = operation(reduction);
    auto tensors = list_of(tensor);
    *result = track((*group)->allreduce(tensors, options), **group);
  });
}

LHTS_API int lhts_broadcast(GroupHandle* group, const at::Tensor* tensor, int32_t root, WorkHandle** result) {
  return guarded([=] {
    c10d::BroadcastOptions options;
    options.rootRank = root;
    std::vector<at::Tensor> tensors{movable(tensor, **group)};
    *result = track((*group)->broadcast(tensors, options), **group);
  });
}

/// `outputs` holds one tensor for each rank, all of the input's shape.
LHTS_API int lhts_all_gather(GroupHandle* group, const at::Tensor* const* outputs, int32_t count, const at::Tensor* input,
                             WorkHandle** result) {
  return guarded([=] {
    std::vector<std::vector<at::Tensor>> lists(1);
    for (int32_t i = 0; i < count; ++i) lists[0].push_back(movable(outputs[i], **group));
    std::vector<at::Tensor> inputs{movable(input, **group)};
    *result = track((*group)->allgather(lists, inputs), **group);
  });
}

/// Part i of the input (of equal parts along the first dimension) goes to rank i; part i of the output comes from rank i.
LHTS_API int lhts_all_to_all(GroupHandle* group, const at::Tensor* output, const at::Tensor* input, WorkHandle** result) {
  return guarded([=] {
    std::vector<int64_t> equal;
    auto target = movable(output, **group);
    auto source = movable(input, **group);
    *result = track((*group)->alltoall_base(target, source, equal, equal), **group);
  });
}

LHTS_API int lhts_barrier(GroupHandle* group, WorkHandle** result) {
  return guarded([=] { *result = track((*group)->barrier(), **group); });
}

/// Waits for the end (on a GPU: makes the current stream wait for it). A failure of the collective becomes an error here.
LHTS_API int lhts_work_wait(WorkHandle* handle) {
  return guarded([=] {
    if (handle->work) handle->work->wait();
  });
}

LHTS_API int lhts_work_is_completed(WorkHandle* handle, int* result) {
  return guarded([=] { *result = !handle->work || handle->work->isCompleted() ? 1 : 0; });
}

/// When it ended, in nanoseconds of lhts_now; 0 where that is not known.
LHTS_API int64_t lhts_work_finished(const WorkHandle* handle) { return handle->finished->nanoseconds; }

LHTS_API int64_t lhts_now() { return now(); }

LHTS_API void lhts_work_dispose(WorkHandle* handle) { delete handle; }
