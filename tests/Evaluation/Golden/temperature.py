"""Entropy and its slope, fitted temperatures and calibration by Debian's python3-torch: temperature.py > temperature.json

Slopes come from autograd, the fit from torch.optim, the rest from the definitions; nothing is shared with src/Evaluation.
"""
import json
import math

import torch

generator = torch.Generator().manual_seed(11)
logits = torch.randn(9, generator=generator, dtype=torch.float64) * 2
rows = (torch.randn(300, 6, generator=generator, dtype=torch.float64) * 1.5).float().double()  # exact as float32
labels = torch.multinomial(torch.softmax(rows / 1.8, -1), 1, generator=generator).squeeze(1)


def sweep(value):
    temperature = torch.tensor(value, dtype=torch.float64, requires_grad=True)
    shares = torch.softmax(logits / temperature, -1)
    entropy = -(shares * torch.log(shares)).sum()
    (slope,) = torch.autograd.grad(entropy, temperature)
    mean = (shares * logits).sum()
    return [value, entropy.item(), mean.item(), (shares * (logits - mean) ** 2).sum().item(), slope.item()]


def fit():
    inverse = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([inverse], lr=0.5, max_iter=500, tolerance_grad=1e-13, tolerance_change=1e-15)

    def closure():
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(rows * inverse, labels, reduction="sum")
        loss.backward()
        return loss

    optimizer.step(closure)
    curvature = torch.autograd.functional.hessian(
        lambda value: torch.nn.functional.cross_entropy(rows * value, labels, reduction="sum"), inverse.detach())
    return [inverse.item(), 1 / math.sqrt(curvature.item())]


def calibration(temperature):
    shares = torch.softmax(rows / temperature, -1)
    confidence, chosen = shares.max(-1)
    right = (chosen == labels).double()
    bins = (confidence * 15).long().clamp(max=14)
    error = sum(
        ((confidence[bins == b].mean() - right[bins == b].mean()).abs() * (bins == b).sum() / len(labels)).item()
        for b in range(15) if (bins == b).any())
    came = torch.nn.functional.one_hot(labels, 6).double()
    return [temperature, torch.nn.functional.nll_loss(torch.log(shares), labels).item(), ((shares - came) ** 2).sum(-1).mean().item(), error,
            right.mean().item()]


print(json.dumps({
    "logits": logits.tolist(),
    "sweep": [sweep(value) for value in (0.1, 0.5, 1.0, 2.0, 50.0, -0.3, -1.0, -20.0)],
    "rows": rows.float().tolist(),
    "labels": labels.tolist(),
    "fit": fit(),
    "calibration": [calibration(value) for value in (1.0, 1.8)],
}))
