"""Loads what simdnet writes for PyTorch, and writes what simdnet loads: pytorch.mjs starts it with the folder of the files.

For every case it prints a line of JSON: the greatest difference between PyTorch's outputs and simdnet's, as a share of the largest output.
"""

import json
import pathlib
import struct
import sys

import numpy as np
import torch
from torch import nn

folder = pathlib.Path(sys.argv[1])
torch.manual_seed(3)
types = {"F64": "<f8", "F32": "<f4", "I64": "<i8"}


def load_file(path):
    """What safetensors.torch.load_file returns."""
    data = path.read_bytes()
    begin = 8 + struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:begin])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        first, end = entry["data_offsets"]
        values = np.frombuffer(data[begin + first : begin + end], dtype=types[entry["dtype"]])
        tensors[name] = torch.from_numpy(values.copy()).reshape(entry["shape"])
    return tensors


def save_file(tensors, path):
    """What safetensors.torch.save_file writes: the larger types first, then by name."""
    names = {torch.float64: "F64", torch.float32: "F32", torch.int64: "I64"}
    rank = {"I64": 0, "F64": 1, "F32": 2}
    items = sorted(tensors.items(), key=lambda item: (rank[names[item[1].dtype]], item[0]))
    header, chunks, end = {}, [], 0
    for name, tensor in items:
        chunk = tensor.contiguous().numpy().tobytes()
        header[name] = {"dtype": names[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [end, end + len(chunk)]}
        chunks.append(chunk)
        end += len(chunk)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(chunks))


def first(x):
    """Channels first, as PyTorch's convolutions want them."""
    return x.movedim(-1, 1)


def last(x):
    return x.movedim(1, -1)


class Case(nn.Module):
    """Modules under simdnet's names of the layers, and what computes the outputs from inputs whose channels are last."""

    def __init__(self, run, **modules):
        super().__init__()
        for name, module in modules.items():
            self.add_module(name, module)
        self.run = run

    def forward(self, *inputs):
        return self.run(self, *inputs)


class RMSNorm(nn.Module):
    """torch.nn.RMSNorm, which PyTorch has since 2.4."""

    def __init__(self, size, eps):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(size)), eps

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps) * self.weight


class Projections(nn.Module):
    """Attention of four Linears, whose heads have more features than the query."""

    def __init__(self, features, heads, units):
        super().__init__()
        self.heads, self.units = heads, units
        self.q_proj, self.k_proj, self.v_proj = (nn.Linear(features, heads * units) for _ in range(3))
        self.out_proj = nn.Linear(heads * units, features)

    def forward(self, x):
        def heads(y):
            return y.unflatten(-1, (self.heads, self.units)).transpose(1, 2)

        query, key, value = heads(self.q_proj(x)), heads(self.k_proj(x)), heads(self.v_proj(x))
        weights = torch.softmax(query @ key.transpose(-1, -2) / self.units**0.5, -1)
        return self.out_proj((weights @ value).transpose(1, 2).flatten(2))


def causal(attention, x):
    mask = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).triu(1)
    return attention(x, x, x, attn_mask=mask)[0]


def attended(attention, query, value):
    return attention(query, value, value)[0]


def one(module, run=None, **names):
    """A case of one layer, on channels that are last."""
    ((name, layer),) = module.items()
    return Case(run or (lambda case, x: getattr(case, name)(x)), **{name: layer})


def image(module):
    """A case of one layer, on images."""
    return one(module, lambda case, x: last(next(case.children())(first(x))))


def ends(state):
    """What both directions have in the end, side by side."""
    hidden = state[0] if isinstance(state, tuple) else state
    return torch.cat([hidden[-2], hidden[-1]], -1)


class Encoder(nn.Module):
    """Two of PyTorch's TransformerEncoderLayers and a Linear: a module in modules."""

    def __init__(self):
        super().__init__()
        layer = nn.TransformerEncoderLayer(4, 2, 6, batch_first=True, dropout=0)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.encoder(x))


recurrent = {"batch_first": True}
cases = {
    "dense": one({"dense1": nn.Linear(3, 5)}),
    "dense without bias": one({"dense1": nn.Linear(3, 5, bias=False)}),
    "dense at positions": one({"dense1": nn.Linear(3, 5)}),
    "conv1d": image({"conv1d1": nn.Conv1d(4, 6, 3, stride=2, padding=1, groups=2)}),
    "conv2d": image({"conv2d1": nn.Conv2d(3, 8, (3, 2), stride=2, padding=1, dilation=2)}),
    "conv2d without bias": image({"conv2d1": nn.Conv2d(3, 8, 3, bias=False)}),
    "conv2d in groups": image({"conv2d1": nn.Conv2d(4, 6, 3, padding=1, groups=2)}),
    "conv2d of single channels": image({"conv2d1": nn.Conv2d(4, 8, 3, groups=4)}),
    "depthwiseConv2d": image({"depthwiseConv2d1": nn.Conv2d(3, 6, 3, stride=2, padding=1, groups=3)}),
    "convTranspose2d": image({"convTranspose2d1": nn.ConvTranspose2d(3, 5, 3, stride=2, padding=1, output_padding=1)}),
    "convTranspose2d in groups": image({"convTranspose2d1": nn.ConvTranspose2d(4, 6, (2, 3), stride=2, groups=2, dilation=2)}),
    "batchNorm": one({"batchNorm1": nn.BatchNorm1d(4)}),
    "batchNorm of images": image({"batchNorm1": nn.BatchNorm2d(3, eps=1e-3)}),
    "batchNorm without gain": one({"batchNorm1": nn.BatchNorm1d(4, affine=False)}),
    "layerNorm": one({"layerNorm1": nn.LayerNorm(4)}),
    "layerNorm without gain": Case(lambda case, x: case.dense1(case.layerNorm1(x)), layerNorm1=nn.LayerNorm(4, elementwise_affine=False), dense1=nn.Linear(4, 2)),
    "groupNorm": image({"groupNorm1": nn.GroupNorm(2, 4)}),
    "rmsNorm": one({"rmsNorm1": RMSNorm(4, 1e-6)}),
    "embedding": one({"embedding1": nn.Embedding(7, 3, padding_idx=0)}, lambda case, x: case.embedding1(x.long())),
    "positionEmbedding": one({"positionEmbedding1": nn.Embedding(5, 3)}, lambda case, x: x + case.positionEmbedding1(torch.arange(x.shape[1]))),
    "simpleRnn": one({"simpleRnn1": nn.RNN(3, 4, **recurrent)}, lambda case, x: case.simpleRnn1(x)[0]),
    "lstm": one({"lstm1": nn.LSTM(3, 4, **recurrent)}, lambda case, x: case.lstm1(x)[0]),
    "lstm without bias": one({"lstm1": nn.LSTM(3, 4, bias=False, **recurrent)}, lambda case, x: case.lstm1(x)[0]),
    "lstm of the last step": one({"lstm1": nn.LSTM(3, 4, **recurrent)}, lambda case, x: case.lstm1(x)[0][:, -1]),
    "gru": one({"gru1": nn.GRU(3, 4, **recurrent)}, lambda case, x: case.gru1(x)[0]),
    "gru in reverse": one({"gru1": nn.GRU(3, 4, **recurrent)}, lambda case, x: case.gru1(x.flip(1))[0].flip(1)),
    "bidirectional lstm": one({"bidirectional1": nn.LSTM(3, 4, bidirectional=True, **recurrent)}, lambda case, x: case.bidirectional1(x)[0]),
    "bidirectional gru, its ends": one({"bidirectional1": nn.GRU(3, 4, bidirectional=True, **recurrent)}, lambda case, x: ends(case.bidirectional1(x)[1])),
    "bidirectional simpleRnn": one({"bidirectional1": nn.RNN(3, 4, bidirectional=True, **recurrent)}, lambda case, x: case.bidirectional1(x)[0]),
    "stack of three gru": one({"rnn": nn.GRU(3, 4, num_layers=3, **recurrent)}, lambda case, x: case.rnn(x)[0]),
    "stack of two bidirectional lstm": one({"rnn": nn.LSTM(3, 4, num_layers=2, bidirectional=True, **recurrent)}, lambda case, x: case.rnn(x)[0]),
    "attention": one({"attention1": nn.MultiheadAttention(4, 2, **recurrent)}, lambda case, x: attended(case.attention1, x, x)),
    "attention without bias": one({"attention1": nn.MultiheadAttention(4, 2, bias=False, **recurrent)}, lambda case, x: attended(case.attention1, x, x)),
    "causal attention": one({"attention1": nn.MultiheadAttention(4, 2, **recurrent)}, lambda case, x: causal(case.attention1, x)),
    "attention to another value": one({"attention1": nn.MultiheadAttention(4, 2, **recurrent)}, lambda case, x, y: attended(case.attention1, x, y)),
    "attention to other features": one({"attention1": nn.MultiheadAttention(4, 2, kdim=6, vdim=6, **recurrent)}, lambda case, x, y: attended(case.attention1, x, y)),
    "attention of four Linears": one({"attention1": Projections(4, 2, 3)}),
    "flatten of images": Case(
        lambda case, x: case.dense1(case.batchNorm1(torch.relu(case.conv2d1(first(x))).flatten(1))),
        conv2d1=nn.Conv2d(3, 4, 3), batchNorm1=nn.BatchNorm1d(24), dense1=nn.Linear(24, 2),
    ),
    "images beside features": Case(
        lambda case, x, y: case.dense1(torch.cat([first(x).flatten(1), y, case.conv2d1(first(x)).flatten(1)], 1)),
        conv2d1=nn.Conv2d(2, 3, 2), dense1=nn.Linear(12 + 3 + 6, 2),
    ),
    "a layer called twice": one({"shared": nn.Linear(4, 4)}, lambda case, x: case.shared(torch.tanh(case.shared(x)))),
    "numbered layers": nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.LayerNorm(4), *(nn.Linear(4, 4) for _ in range(9)), nn.Linear(4, 2)),
    "TransformerEncoder": Encoder(),
}  # fmt: skip


def tensor_of(rows, shape, dtype):
    return torch.tensor(rows, dtype=dtype).reshape(-1, *shape)


def outputs_of(module, inputs):
    # Not under no_grad: there PyTorch 1.13 takes a path that fails for attention without biases.
    return module(*inputs).detach().reshape(len(inputs[0]), -1)


for path in sorted(folder.glob("*.json")):
    given = json.loads(path.read_text())
    module = cases[given["name"]].to(getattr(torch, given["dtype"])).eval()
    inputs = [tensor_of(rows, shape, getattr(torch, given["dtype"])) for rows, shape in zip(given["inputs"], given["shapes"])]
    # What simdnet has written.
    module.load_state_dict(load_file(path.with_suffix(".ours")), strict=not given["isPartial"])
    outputs = outputs_of(module, inputs)
    expected = torch.tensor(given["outputs"], dtype=outputs.dtype).reshape(outputs.shape)
    difference = float((outputs - expected).abs().max() / expected.abs().max())
    print(json.dumps({"name": given["name"], "dtype": given["dtype"], "difference": difference}))
    # What PyTorch writes, with other numbers.
    with torch.no_grad():
        for name, value in module.state_dict().items():
            if value.is_floating_point():
                value.copy_(torch.rand_like(value) + 0.5 if name.endswith("running_var") else 0.4 * torch.randn_like(value))
    save_file(module.state_dict(), path.with_suffix(".theirs"))
    path.with_suffix(".outputs").write_text(json.dumps(outputs_of(module, inputs).tolist()))
