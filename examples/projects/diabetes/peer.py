"""The network in PyTorch, one thread: seconds an epoch over 614 people in batches of 32, with and without weight decay."""
import json
import time

import torch

torch.set_num_threads(1)
torch.manual_seed(1)
people, epochs = 614, 50
inputs = torch.randn(people, 8)
targets = (inputs[:, :1] > 0).float()
loss_of = torch.nn.BCELoss()


def epoch(network, optimizer):
    order = torch.randperm(people)
    for begin in range(0, people, 32):
        rows = order[begin : begin + 32]
        optimizer.zero_grad()
        loss_of(network(inputs[rows]), targets[rows]).backward()
        optimizer.step()


jobs = [
    ("200 epochs, ten splits", lambda parameters: torch.optim.Adam(parameters, lr=0.001)),
    ("40 epochs, weight decay", lambda parameters: torch.optim.AdamW(parameters, lr=0.001, weight_decay=0.1)),
]
for what, optimizer_of in jobs:
    relu = torch.nn.ReLU
    network = torch.nn.Sequential(
        torch.nn.Linear(8, 32), relu(), torch.nn.Linear(32, 16), relu(), torch.nn.Linear(16, 1), torch.nn.Sigmoid()
    )
    optimizer = optimizer_of(network.parameters())
    epoch(network, optimizer)
    began = time.perf_counter()
    for _ in range(epochs):
        epoch(network, optimizer)
    seconds = (time.perf_counter() - began) / epochs
    print(json.dumps({"what": what, "secondsPerEpoch": seconds, "examples": people, "torch": torch.__version__}))
