"""Probabilities of a few rows of logits after each processor, by Debian's python3-torch: processors.py > processors.json

Written from the definitions, without sharing anything with src/Sampling.
"""
import json

import torch

generator = torch.Generator().manual_seed(5)
rows = torch.randn(3, 12, generator=generator, dtype=torch.float64) * 2
rows[0, 3] = rows[0, 7] = rows[0].max()  # ties for the first place
rows[1, 2] = rows[1, 5] = float("-inf")
rows[2] = 0.25


def probabilities(scores):
    return torch.softmax(scores, -1)


def top_p(scores, mass):
    out = []
    for row in scores:
        shares = probabilities(row)
        order = sorted(range(len(row)), key=lambda token: -shares[token])
        total, least = 0.0, None
        for token in order:
            if total >= mass:
                break
            total, least = total + shares[token].item(), shares[token].item()
        out.append(torch.where(shares >= least, row, torch.tensor(float("-inf"), dtype=row.dtype)))
    return torch.stack(out)


def typical(scores, mass):
    out = []
    for row in scores:
        shares = probabilities(row)
        entropy = torch.special.entr(shares).sum()
        distance = (-torch.log(shares) - entropy).abs()
        order = sorted(range(len(row)), key=lambda token: distance[token])
        total, most = 0.0, None
        for token in order:
            if total >= mass:
                break
            total, most = total + shares[token].item(), distance[token]
        out.append(torch.where(distance <= most, row, torch.tensor(float("-inf"), dtype=row.dtype)))
    return torch.stack(out)


cases = {f"temperature {t}": probabilities(rows / t) for t in (0.3, 0.7, 2.0, 1e5)}
cases["temperature -1.5"] = torch.where(rows.isinf(), 0.0, probabilities(torch.where(rows.isinf(), rows, -rows / 1.5)))
cases["top-k 4"] = probabilities(torch.where(rows >= rows.topk(4).values[:, -1:], rows, torch.tensor(float("-inf"), dtype=rows.dtype)))
cases["top-p 0.6"] = probabilities(top_p(rows, 0.6))
cases["min-p 0.2"] = probabilities(
    torch.where(probabilities(rows) >= 0.2 * probabilities(rows).amax(-1, keepdim=True), rows, torch.tensor(float("-inf"), dtype=rows.dtype)))
cases["typical 0.6"] = probabilities(typical(rows, 0.6))
seen = torch.where(rows[:, :3] > 0, rows[:, :3] / 1.3, rows[:, :3] * 1.3)  # tokens 0, 1, 2 were seen
cases["repetition penalty 1.3"] = probabilities(torch.cat([seen, rows[:, 3:]], -1))


def plain(tensor):
    return [[None if value == float("-inf") else value for value in row] for row in tensor.tolist()]


print(json.dumps({"logits": plain(rows), "cases": {name: plain(value) for name, value in cases.items()}}))
