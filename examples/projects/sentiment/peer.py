"""How long PyTorch takes, on one core, for an epoch of 22,500 reviews: the book's network, of numbers that stand for words."""
import json
import time

import torch

torch.set_num_threads(1)
torch.manual_seed(1)
EXAMPLES, STEPS, BATCH, WORDS, UNITS = 22_500, 100, 128, 10_000, 128
MEASURED = 10


class Reader(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = torch.nn.Embedding(WORDS, UNITS)
        self.lstm = torch.nn.LSTM(UNITS, UNITS, batch_first=True)
        self.dense = torch.nn.Linear(UNITS, 1)

    def forward(self, tokens):
        _, (state, _) = self.lstm(self.embedding(tokens))
        return self.dense(state[0])[:, 0]


network = Reader()
optimizer = torch.optim.RMSprop(network.parameters(), lr=0.001, alpha=0.9, eps=1e-7)
loss = torch.nn.BCEWithLogitsLoss()
tokens = torch.randint(1, WORDS, (BATCH, STEPS))
targets = torch.randint(0, 2, (BATCH,)).float()


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
times.sort()
print(json.dumps({"what": "reviews, LSTM of 128", "secondsPerEpoch": times[MEASURED // 2] * EXAMPLES / BATCH}))
