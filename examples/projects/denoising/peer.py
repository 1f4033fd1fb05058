"""The time that PyTorch takes for an epoch of each network of this project, on one thread: a line of JSON for each.

Digits: 8,550 images in batches of 32. Documents: 50 batches of 16 patches of 64 x 64. The values are random, as they do not change the time.
"""

import json
import time

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(1)


def convolutions(filters):
    layers = []
    channels = 1
    for count in filters:
        layers += [nn.Conv2d(channels, count, 3, padding=1), nn.ReLU()]
        channels = count
    return nn.Sequential(*layers, nn.Conv2d(channels, 1, 3, padding=1), nn.Sigmoid())


def strided():
    options = dict(stride=2, padding=1)
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, **options),
        nn.ReLU(),
        nn.Conv2d(16, 32, 3, **options),
        nn.ReLU(),
        nn.ConvTranspose2d(32, 16, 3, output_padding=1, **options),
        nn.ReLU(),
        nn.ConvTranspose2d(16, 16, 3, output_padding=1, **options),
        nn.ReLU(),
        nn.Conv2d(16, 1, 3, padding=1),
        nn.Sigmoid(),
    )


def dense():
    return nn.Sequential(nn.Linear(784, 16), nn.ReLU(), nn.Linear(16, 784), nn.Sigmoid())


def seconds_per_epoch(network, loss, shape, batch, examples):
    """Trains for an epoch of whole batches, after ten that are not counted."""
    optimizer = torch.optim.Adam(network.parameters())
    clean = torch.rand(examples, *shape)
    noisy = torch.rand(examples, *shape)

    def step(rows):
        optimizer.zero_grad()
        loss(network(noisy[rows]), clean[rows]).backward()
        optimizer.step()

    for _ in range(10):
        step(torch.arange(batch))
    began = time.perf_counter()
    for rows in torch.randperm(examples).split(batch):
        step(rows)
    return time.perf_counter() - began


digits = dict(batch=32, examples=8550)
patches = dict(batch=16, examples=800)
jobs = [
    ("digits, dense", dense(), nn.MSELoss(), (784,), digits),
    ("digits, convolutional", convolutions([16, 8, 8, 16]), nn.BCELoss(), (1, 28, 28), digits),
    ("digits, strided", strided(), nn.BCELoss(), (1, 28, 28), digits),
    ("documents, basic", convolutions([8, 8]), nn.BCELoss(), (1, 64, 64), patches),
    ("documents, deep", convolutions([32, 16, 8, 8, 16, 32]), nn.BCELoss(), (1, 64, 64), patches),
]
for what, network, loss, shape, sizes in jobs:
    seconds = seconds_per_epoch(network, loss, shape, **sizes)
    print(json.dumps({"what": what, "secondsPerEpoch": seconds, "examples": sizes["examples"], "torch": torch.__version__}))
