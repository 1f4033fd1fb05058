"""The networks in PyTorch, one thread: seconds an epoch over 45,849 trips in batches of 32, from a part of them."""
import json
import time

import torch

torch.set_num_threads(1)
torch.manual_seed(1)
trips, batch, measured = 45_849, 32, 400
loss_of = torch.nn.MSELoss()

for features in [17, 27]:
    inputs = torch.randn(trips, features)
    targets = 10 + 5 * inputs[:, :1]
    layers = []
    for fan_in, fan_out in [(features, 128), (128, 64), (64, 32), (32, 8)]:
        layers += [torch.nn.Linear(fan_in, fan_out), torch.nn.ReLU()]
    network = torch.nn.Sequential(*layers, torch.nn.Linear(8, 1))
    optimizer = torch.optim.Adam(network.parameters(), lr=0.001)

    def steps(count):
        order = torch.randperm(trips)
        for begin in range(0, batch * count, batch):
            rows = order[begin : begin + batch]
            optimizer.zero_grad()
            loss_of(network(inputs[rows]), targets[rows]).backward()
            optimizer.step()

    steps(100)
    began = time.perf_counter()
    steps(measured)
    seconds = (time.perf_counter() - began) / measured * trips / batch
    what = f"{features} features"
    print(json.dumps({"what": what, "secondsPerEpoch": seconds, "examples": trips, "torch": torch.__version__}))
