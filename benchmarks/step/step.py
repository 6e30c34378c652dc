"""The step as it was released: plain PyTorch in float32, one padded document at a time, full logits, separate passes, AdamW.

step.py FOLDER: reads settings.json and the models there, and prints a figure a line.
"""
import json
import math
import os
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F


def load(path):
    """The tensors of a safetensors file."""
    with open(path, "rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(size))
        data = file.read()
    entries = {name: entry for name, entry in header.items() if name != "__metadata__"}
    tensors = {}
    for name, entry in entries.items():
        begin, end = entry["data_offsets"]
        values = np.frombuffer(data[begin:end], dtype=np.float32).reshape(entry["shape"]).copy()
        tensors[name.removeprefix("transformer.")] = torch.from_numpy(values)
    return tensors


class Gpt2:
    """GPT-2 as functions of its tensors (Radford et al. 2019)."""

    def __init__(self, tensors, heads, context, trained):
        self.p = {name: t.requires_grad_(trained) for name, t in tensors.items() if t.dtype == torch.float32 and t.dim() <= 2}
        self.heads = heads
        self.layers = 1 + max(int(name.split(".")[1]) for name in self.p if name.startswith("h."))
        self.mask = torch.tril(torch.ones(context, context, dtype=torch.bool))

    def norm(self, x, name):
        return F.layer_norm(x, x.shape[-1:], self.p[name + ".weight"], self.p[name + ".bias"], 1e-5)

    def linear(self, x, name):
        return torch.addmm(self.p[name + ".bias"], x.reshape(-1, x.shape[-1]), self.p[name + ".weight"]).view(*x.shape[:-1], -1)

    def attention(self, x, name):
        rows, length, width = x.shape
        parts = self.linear(x, name + ".c_attn").split(width, dim=2)
        q, k, v = (part.view(rows, length, self.heads, -1).transpose(1, 2) for part in parts)
        scores = torch.matmul(q, k.transpose(-1, -2)) / math.sqrt(width // self.heads)
        scores = torch.where(self.mask[:length, :length], scores, torch.tensor(torch.finfo(scores.dtype).min))
        joined = torch.matmul(F.softmax(scores, dim=-1), v).transpose(1, 2).reshape(rows, length, width)
        return self.linear(joined, name + ".c_proj")

    def __call__(self, tokens):
        x = F.embedding(tokens, self.p["wte.weight"]) + self.p["wpe.weight"][: tokens.shape[1]]
        for layer in range(self.layers):
            name = f"h.{layer}"
            x = x + self.attention(self.norm(x, name + ".ln_1"), name + ".attn")
            inner = F.gelu(self.linear(self.norm(x, name + ".ln_2"), name + ".mlp.c_fc"), approximate="tanh")
            x = x + self.linear(inner, name + ".mlp.c_proj")
        return F.linear(self.norm(x, "ln_f"), self.p["wte.weight"])


def weights_of(log_probs, settings):
    """exp(min((1 - T) / T * sum of the next log-probs, clip)), (L)."""
    sums = torch.zeros_like(log_probs, dtype=torch.float64)
    for i in range(len(log_probs)):
        sums[i] = log_probs[i : i + settings["Horizon"]].double().sum()
    exponent = 1 / settings["Temperature"] - 1
    return (exponent * sums).clamp(max=settings["Clip"]).exp().float()


def loss_of(document, teacher, student, settings):
    """The loss of a document, padded to the context."""
    length = len(document) - 1
    padded = torch.zeros(settings["Context"], dtype=torch.int64)
    padded[: len(document)] = torch.tensor(document)
    tokens, targets = padded[:-1].unsqueeze(0), padded[1:].unsqueeze(0)
    with torch.no_grad():
        log_p = F.log_softmax(teacher(tokens), dim=-1)  # (1, L, V)
        of_targets = log_p.gather(2, targets.unsqueeze(2))[0, :length, 0]
        weights = weights_of(of_targets, settings)
    log_q = F.log_softmax(student(tokens), dim=-1)  # (1, L, V)
    likelihood = -(weights * log_q.gather(2, targets.unsqueeze(2))[0, :length, 0]).mean()
    divergence = (log_q.exp() * (log_q - log_p)).sum(dim=-1)[0, :length].mean()
    return likelihood + settings["Beta"] * divergence


def step(teacher, student, optimizer, settings):
    """One optimizer step over all documents."""
    total, count = 0.0, len(settings["Documents"])
    for document in settings["Documents"]:
        loss = loss_of(document, teacher, student, settings) / count
        loss.backward()
        total += loss.item()
    norm = torch.nn.utils.clip_grad_norm_(student.p.values(), 1.0)
    optimizer.step()
    optimizer.zero_grad()
    return total, norm.item()


def optimizer_of(student, settings):
    matrices = [p for p in student.p.values() if p.dim() >= 2]
    vectors = [p for p in student.p.values() if p.dim() < 2]
    groups = [{"params": matrices, "weight_decay": 0.01}, {"params": vectors, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=settings["LearningRate"])


def difference(student, optimizer, path):
    """Of the first moments from this project's, as a share of their size."""
    ours = load(path)
    apart = sum((optimizer.state[p]["exp_avg"] - ours[name]).double().square().sum() for name, p in student.p.items())
    size = sum(t.double().square().sum() for t in ours.values())
    return math.sqrt(apart / size)


def main(folder):
    with open(os.path.join(folder, "settings.json"), encoding="utf-8") as file:
        settings = json.load(file)
    torch.set_num_threads(settings["Threads"])
    models = [load(os.path.join(folder, name, "model.safetensors")) for name in ("teacher", "student")]
    teacher, student = (Gpt2(t, settings["Heads"], settings["Context"], trained) for t, trained in zip(models, (False, True)))
    optimizer = optimizer_of(student, settings)
    loss, norm = step(teacher, student, optimizer, settings)
    print(f"loss\t{loss!r}\nnorm\t{norm!r}\ngradient\t{difference(student, optimizer, os.path.join(folder, 'moments.safetensors'))!r}")
    processor, wall = time.process_time(), time.perf_counter()
    for _ in range(settings["NumSteps"]):
        step(teacher, student, optimizer, settings)
    print(f"processor\t{(time.process_time() - processor) / settings['NumSteps']!r}")
    print(f"wall\t{(time.perf_counter() - wall) / settings['NumSteps']!r}")
    with open("/proc/self/status", encoding="utf-8") as file:
        peak = next(line for line in file if line.startswith("VmHWM:"))
    print(f"memory\t{int(peak.split()[1]) * 1024 / 1e9!r}")


main(sys.argv[1])
