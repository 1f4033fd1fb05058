"""PyTorch's seconds for an epoch of each network of network.mjs, on one thread, over random pictures of the same shapes: a JSON line each.

    python3 examples/projects/faces/peer.py
"""
import json
import time

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(1)


class UnitNorm(nn.Module):
    def forward(self, x):
        return nn.functional.normalize(x)


def deeper(filters, flat):
    layers, channels = [], 1
    for count in filters:
        layers += [nn.Conv2d(channels, count, 3, padding=1), nn.BatchNorm2d(count), nn.ReLU(), nn.MaxPool2d(2)]
        channels = count
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(flat, 64), UnitNorm())


def book():
    return nn.Sequential(
        nn.Conv2d(1, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(64, 64, 3), nn.ReLU(),
        nn.Flatten(), nn.Linear(64 * 25 * 20, 128), nn.Sigmoid(),
    )


designs = {
    "faces, the book's": dict(tower=book, shape=(1, 56, 46), pairs=630, batch=128, power=1, rate=0.001),
    "faces, deeper": dict(tower=lambda: deeper([16, 32, 64], 64 * 7 * 5), shape=(1, 56, 46), pairs=630, batch=64, power=2, rate=0.001),
    "letters of Omniglot": dict(tower=lambda: deeper([16, 32, 32], 32 * 4 * 4), shape=(1, 35, 35), pairs=2560, batch=128, power=2, rate=0.002),
}


def seconds_per_epoch(tower, shape, pairs, batch, power, rate):
    network = tower()
    optimizer = torch.optim.Adam(network.parameters(), lr=rate)
    left, right = torch.rand(pairs, *shape), torch.rand(pairs, *shape)
    same = (torch.arange(pairs) % 2).float()
    seconds = []
    # The first one warms up.
    for _ in range(3):
        began = time.perf_counter()
        for begin in range(0, pairs, batch):
            rows = slice(begin, begin + batch)
            distance = (network(left[rows]) - network(right[rows])).pow(2).sum(1).add(1e-12).sqrt()
            y = same[rows]
            loss = (y * distance**2 + (1 - y) * (1 - distance).clamp(min=0) ** power).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        seconds.append(time.perf_counter() - began)
    return min(seconds[1:])


for what, design in designs.items():
    seconds = seconds_per_epoch(**design)
    print(json.dumps({"what": what, "secondsPerEpoch": seconds, "pairs": design["pairs"], "torch": torch.__version__}))
