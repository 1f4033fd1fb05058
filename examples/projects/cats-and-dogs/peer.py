"""The time that PyTorch takes on one thread to train an epoch, and for the features of 1,500 pictures: a line of JSON for each."""

import json
import time

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(1)
relu, pool = nn.ReLU(), nn.MaxPool2d(3, 2)


class Fire(nn.Module):
    def __init__(self, inputs, few, many):
        super().__init__()
        self.squeeze = nn.Conv2d(inputs, few, 1)
        self.one, self.three = nn.Conv2d(few, many, 1), nn.Conv2d(few, many, 3, padding=1)

    def forward(self, value):
        value = relu(self.squeeze(value))
        return torch.cat([relu(self.one(value)), relu(self.three(value))], 1)


def seconds_each(step, examples, seconds=5):
    """The seconds of an example, as the median of all steps that fit in the time."""
    step()
    times, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end:
        began = time.perf_counter()
        step()
        times.append(time.perf_counter() - began)
    return sorted(times)[len(times) // 2] / examples


basic = nn.Sequential(
    nn.Conv2d(3, 32, 3), relu, nn.MaxPool2d(2), nn.Conv2d(32, 32, 3), relu, nn.MaxPool2d(2), nn.Flatten(),
    nn.Linear(1152, 128), relu, nn.Dropout(0.5), nn.Linear(128, 1), nn.Sigmoid(),
)  # fmt: skip
optimizer, loss = torch.optim.Adam(basic.parameters(), 0.001, eps=1e-7), nn.BCELoss()
images, targets = torch.rand(16, 3, 32, 32), torch.randint(0, 2, (16, 1)).float()


def train():
    optimizer.zero_grad()
    loss(basic(images), targets).backward()
    optimizer.step()


def result(what, seconds, examples):
    print(json.dumps({"what": what, "secondsPerExample": seconds, "secondsPerEpoch": seconds * examples}))


result("convolutional network", seconds_each(train, 16), 19999)

squeezenet = nn.Sequential(
    nn.Conv2d(3, 64, 3, 2), relu, pool, Fire(64, 16, 64), Fire(128, 16, 64), pool, Fire(128, 32, 128),
    Fire(256, 32, 128), pool, Fire(256, 48, 192), Fire(384, 48, 192), Fire(384, 64, 256), Fire(512, 64, 256),
    nn.AdaptiveAvgPool2d(1), nn.Flatten(),
)  # fmt: skip
photos = torch.rand(32, 3, 128, 128)
with torch.no_grad():
    result("SqueezeNet's features", seconds_each(lambda: squeezenet(photos), 32), 1500)
