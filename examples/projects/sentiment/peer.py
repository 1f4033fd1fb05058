"""The time that PyTorch takes on one thread for an epoch of each network, of random words: a line of JSON for each."""
import json
import time

import torch

torch.set_num_threads(1)
torch.manual_seed(1)
MEASURED = 10


def rmsprop(parameters):
    return torch.optim.RMSprop(parameters, lr=0.001, alpha=0.9, eps=1e-7)


def adam(parameters):
    return torch.optim.Adam(parameters, lr=0.002)


NETWORKS = [
    dict(what="reviews, LSTM of 128", examples=22_500, steps=100, batch=128, words=10_000, units=128, dropout=0.0, optimizer=rmsprop),
    dict(what="sentences, LSTM of 32", examples=8_634, steps=40, batch=64, words=5_000, units=32, dropout=0.5, optimizer=adam),
]


class Reader(torch.nn.Module):
    def __init__(self, words, units, dropout):
        super().__init__()
        self.embedding = torch.nn.Embedding(words, units)
        self.lstm = torch.nn.LSTM(units, units, batch_first=True)
        self.dropout = torch.nn.Dropout(dropout)
        self.dense = torch.nn.Linear(units, 1)

    def forward(self, tokens):
        _, (state, _) = self.lstm(self.dropout(self.embedding(tokens)))
        return self.dense(self.dropout(state[0]))[:, 0]


def seconds_per_epoch(examples, steps, batch, words, units, dropout, optimizer):
    network = Reader(words, units, dropout)
    optimizer = optimizer(network.parameters())
    loss = torch.nn.BCEWithLogitsLoss()
    tokens = torch.randint(1, words, (batch, steps))
    targets = torch.randint(0, 2, (batch,)).float()

    def step():
        optimizer.zero_grad()
        loss(network(tokens), targets).backward()
        optimizer.step()

    for _ in range(3):
        step()
    times = []
    for _ in range(MEASURED):
        began = time.perf_counter()
        step()
        times.append(time.perf_counter() - began)
    return sorted(times)[MEASURED // 2] * examples / batch


for network in NETWORKS:
    sizes = {key: value for key, value in network.items() if key != "what"}
    print(json.dumps({"what": network["what"], "secondsPerEpoch": seconds_per_epoch(**sizes), "torch": torch.__version__}))
