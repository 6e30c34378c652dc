"""The calls of SmallCalls.cs and OptimizerStep.cs from Python; prints `name nanoseconds` lines."""
import sys
import time

import torch


def nanoseconds(call, calls=5000, rounds=40):
    for _ in range(calls):
        call()
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        for _ in range(calls):
            call()
        best = min(best, time.perf_counter() - start)
    return best / calls * 1e9


def small_calls():
    a, b = torch.ones(4), torch.ones(4)
    zero = torch.zeros(4)
    m, n = torch.ones(2, 2), torch.ones(2, 2)
    calls = {
        "add_(tensor)": lambda: a.add_(zero),
        "mul_(number)": lambda: a.mul_(1.0),
        "exp()": lambda: a.exp(),
        "neg()": lambda: a.neg(),
        "add(tensor)": lambda: a.add(b),
        "mul(tensor)": lambda: a.mul(b),
        "mul(number)": lambda: a.mul(2.0),
        "matmul": lambda: m.matmul(n),
        "sum()": lambda: a.sum(),
        "view(2, 2)": lambda: a.view(2, 2),
        "shape": lambda: a.shape,
        "item": lambda: b[0].item(),
    }
    for name, call in calls.items():
        print(f"{name}\t{nanoseconds(call):.0f}")


def shapes(width, layers):
    yield 50257, width
    yield 1024, width
    for _ in range(layers):
        yield from ((width,), (width,), (width, 3 * width), (3 * width,), (width, width), (width,))
        yield from ((width,), (width,), (width, 4 * width), (4 * width,), (4 * width, width), (width,))
    yield (width,)
    yield (width,)


def adamw(threads):
    torch.set_num_threads(threads)
    parameters = [torch.zeros(shape, requires_grad=True) for shape in shapes(768, 12)]
    for parameter in parameters:
        parameter.grad = torch.full_like(parameter, 1e-3)
    optimizer = torch.optim.AdamW(parameters, foreach=True)
    optimizer.step()
    best = float("inf")
    for _ in range(8):
        start = time.perf_counter()
        optimizer.step()
        best = min(best, time.perf_counter() - start)
    print(f"AdamW step, {len(parameters)} parameters\t{best * 1e9:.0f}")


print(f"# {torch.__version__}")
threads = int(sys.argv[1])
torch.set_num_threads(1)
with torch.no_grad():
    small_calls()
adamw(threads)
