"""Texts of the benchmark's models by a plain Python loop with a cache, on Debian's python3-torch: plain_loop.py

One thread, random weights, the shapes of GenerationModels. Run it beside: dotnet run -c Release --project benchmarks/sampling
"""
import time

import torch
import torch.nn.functional as F

torch.set_num_threads(1)
BATCH, ROUNDS = 16, 5


def make(layers, width, vocabulary, positions):
    def weight(*shape):
        return torch.randn(*shape) * 0.1

    blocks = [dict(qkv=weight(3 * width, width), out=weight(width, width), up=weight(4 * width, width), down=weight(width, 4 * width))
              for _ in range(layers)]
    return dict(embedding=weight(vocabulary, width), position=weight(positions, width), blocks=blocks)


def step(model, heads, tokens, place, cache):
    x = model["embedding"][tokens] + model["position"][place]
    rows, width = x.shape
    for i, block in enumerate(model["blocks"]):
        q, k, v = F.linear(F.layer_norm(x, (width,)), block["qkv"]).view(rows, 3, heads, 1, width // heads).unbind(1)
        if cache[i] is not None:
            k, v = torch.cat([cache[i][0], k], 2), torch.cat([cache[i][1], v], 2)
        cache[i] = (k, v)
        scores = torch.softmax(q @ k.transpose(-1, -2) / (width // heads) ** 0.5, -1)
        x = x + F.linear((scores @ v).reshape(rows, width), block["out"])
        x = x + F.linear(F.gelu(F.linear(F.layer_norm(x, (width,)), block["up"]), approximate="tanh"), block["down"])
    return F.linear(F.layer_norm(x, (width,)), model["embedding"])


@torch.no_grad()
def generate(model, heads, length):
    tokens, cache, texts = torch.zeros(BATCH, dtype=torch.long), [None] * len(model["blocks"]), [[] for _ in range(BATCH)]
    for place in range(length):
        logits = step(model, heads, tokens, place, cache)
        tokens = torch.multinomial(torch.softmax(logits / 0.7, -1), 1).squeeze(1)
        for text, token in zip(texts, tokens.tolist()):  # what streaming needs
            text.append(token)


for name, layers, width, heads, vocabulary, length in (("characters", 3, 128, 4, 70, 128), ("GPT-2 small", 12, 768, 12, 50257, 16)):
    model, best = make(layers, width, vocabulary, length + 1), float("inf")
    generate(model, heads, length)
    for _ in range(ROUNDS):
        start = time.process_time()
        generate(model, heads, length)
        best = min(best, time.process_time() - start)
    print(f"plain Python loop, {name}: {BATCH * length / best:.0f} tokens/s")
