"""Exports networks of PyTorch as ONNX files: onnx.mjs starts it with the folder of the files.

For each network there is name.onnx, and in index.json its inputs and its outputs, each as [shape, numbers].
"""

import json
import pathlib
import sys
import warnings

import torch
import torch.nn.functional as F
from torch import nn

warnings.filterwarnings("ignore")
torch.manual_seed(0)
folder = pathlib.Path(sys.argv[1])
index = {}
image = torch.randn(2, 3, 32, 32)
small = image[:, :, :8, :8]
sequence = torch.randn(2, 7, 5)
tokens = torch.randint(0, 11, (2, 7))


def save(name, model, *inputs, opset=13, dynamic=True, batch=0):
    """Exports a network. `batch` is the axis of the examples, which has a name unless `dynamic` is false."""
    model.eval()
    for module in model.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            module.running_mean.uniform_(-1, 1)
            module.running_var.uniform_(0.5, 2)
            module.weight.data.uniform_(0.5, 2)
            module.bias.data.uniform_(-1, 1)
    with torch.no_grad():
        result = model(*inputs)
    outputs = result if isinstance(result, tuple) else (result,)
    names = [f"input{number}" for number in range(len(inputs))]
    torch.onnx.export(
        model,
        inputs,
        folder / f"{name}.onnx",
        opset_version=opset,
        input_names=names,
        output_names=[f"output{number}" for number in range(len(outputs))],
        dynamic_axes={each: {batch: "batch"} for each in names} if dynamic else None,
    )
    numbers = lambda tensors: [[list(each.shape), each.double().flatten().tolist()] for each in tensors]
    index[name] = {"inputs": numbers(inputs), "outputs": numbers(outputs)}


class Model(nn.Module):
    """A network of layers by name, and of the function that applies them."""

    def __init__(self, forward, **layers):
        super().__init__()
        self.function = forward
        for name, layer in layers.items():
            setattr(self, name, layer)

    def forward(self, *values):
        return self.function(self, *values)


def block(model, x):
    return F.relu(x + model.d(model.c(F.relu(model.b(model.a(x))))))


def basic():
    conv = lambda: nn.Conv2d(8, 8, 3, padding=1, bias=False)
    return Model(block, a=conv(), b=nn.BatchNorm2d(8), c=conv(), d=nn.BatchNorm2d(8))


def residual(flatten):
    stem = nn.Sequential(nn.Conv2d(3, 8, 7, 2, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(3, 2, 1))
    body = nn.Sequential(stem, basic(), basic(), nn.AdaptiveAvgPool2d(1))
    return Model(lambda model, x: model.last(flatten(model.body(x))), body=body, last=nn.Linear(8, 5))


for opset in (9, 11, 13, 16):
    save(f"residual, opset {opset}", residual(lambda x: torch.flatten(x, 1)), image, opset=opset)
    save(f"residual by view, opset {opset}", residual(lambda x: x.view(x.size(0), -1)), image, opset=opset)
save("residual of two examples", residual(lambda x: x.view(x.size(0), -1)), image, dynamic=False)


def squeezed(model, x):
    x = model.features(x)
    return model.last((x * model.squeeze(x)).mean([2, 3]))


def mobile():
    depthwise = nn.Conv2d(8, 8, 3, 1, 1, groups=8)
    features = [nn.Conv2d(3, 8, 3, 2, 1), nn.BatchNorm2d(8), nn.ReLU6(), depthwise, nn.BatchNorm2d(8), nn.ReLU6()]
    more = [nn.Conv2d(8, 12, 1), nn.Hardswish(), nn.Conv2d(12, 12, 3, padding=1), nn.SiLU()]
    squeeze = [nn.AdaptiveAvgPool2d(1), nn.Conv2d(12, 4, 1), nn.ReLU(), nn.Conv2d(4, 12, 1), nn.Hardsigmoid()]
    last = nn.Sequential(nn.Dropout(0.2), nn.Linear(12, 4))
    parts = {"features": nn.Sequential(*features, *more), "squeeze": nn.Sequential(*squeeze), "last": last}
    return Model(squeezed, **parts)


save("mobile, opset 13", mobile(), image)
save("mobile, opset 14", mobile(), image, opset=14)
convolutions = [nn.Conv2d(3, 6, 5), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 4, 3), nn.LeakyReLU(0.2), nn.MaxPool2d(2)]
head = [nn.Flatten(), nn.Linear(144, 10), nn.GELU(), nn.Linear(10, 3), nn.LogSoftmax(1)]
save("LeNet", nn.Sequential(*convolutions, *head), image)


def unet(model, x):
    a = F.relu(model.a(x))
    return model.o(torch.cat([model.u(F.relu(model.b(F.max_pool2d(a, 2)))), a], 1))


parts = {"a": nn.Conv2d(3, 4, 3, padding=1), "b": nn.Conv2d(4, 8, 3, padding=1)}
save("U-Net", Model(unet, **parts, u=nn.ConvTranspose2d(8, 4, 2, 2), o=nn.Conv2d(8, 2, 1)), image)
for mode, options in (
    ("nearest", {}),
    ("bilinear", {"align_corners": False}),
    ("bilinear", {"align_corners": True}),
    ("bicubic", {"align_corners": False}),
):
    resized = lambda model, x, mode=mode, options=options: F.interpolate(model.c(x), scale_factor=2, mode=mode, **options)
    save(f"resized, {mode} {options.get('align_corners', '')}", Model(resized, c=nn.Conv2d(3, 2, 3)), small)
to_size = lambda model, x: F.interpolate(model.c(x), size=x.shape[2:], mode="bilinear", align_corners=False)
save("resized to the input", Model(to_size, c=nn.Conv2d(3, 2, 3, stride=2, padding=1)), small)

for kind in (nn.RNN, nn.GRU, nn.LSTM):
    for layers, both in ((1, False), (2, False), (2, True), (1, True)):
        layer = kind(5, 6, layers, batch_first=True, bidirectional=both)
        last = nn.Linear(12 if both else 6, 3)
        directions = ", both directions" if both else ""
        every = lambda model, x: model.last(model.layer(x)[0])
        final = lambda model, x: model.last(model.layer(x)[0][:, -1])
        save(f"{kind.__name__} of {layers}{directions}, all steps", Model(every, layer=layer, last=last), sequence)
        save(f"{kind.__name__} of {layers}{directions}, last step", Model(final, layer=layer, last=last), sequence)
state = lambda model, x: model.last(model.layer(x)[1][0][-1])
save("LSTM's state", Model(state, layer=nn.LSTM(5, 6, batch_first=True, bias=False), last=nn.Linear(6, 3)), sequence)
steps_first = lambda model, x: model.last(model.layer(x)[0])
turned = sequence.transpose(0, 1).contiguous()
save("GRU with steps first", Model(steps_first, layer=nn.GRU(5, 6), last=nn.Linear(6, 3)), turned, batch=1)

tag = lambda model, x: model.last(model.layer(model.table(x))[0]).softmax(-1)
both = nn.LSTM(5, 6, batch_first=True, bidirectional=True)
save("tagger", Model(tag, table=nn.Embedding(11, 5), layer=both, last=nn.Linear(12, 4)), tokens)
greatest = lambda model, x: model.last(F.relu(model.c(model.table(x).transpose(1, 2))).max(dim=2)[0])
text = {"table": nn.Embedding(11, 6), "c": nn.Conv1d(6, 8, 3, padding=1), "last": nn.Linear(8, 2)}
save("convolutions of texts", Model(greatest, **text), tokens)


class Transformer(nn.Module):
    def __init__(self, units=8, heads=2):
        super().__init__()
        self.heads = heads
        self.table = nn.Embedding(11, units)
        self.places = nn.Parameter(torch.randn(1, 7, units))
        self.query, self.key, self.value, self.output = (nn.Linear(units, units) for _ in range(4))
        self.first, self.second = nn.LayerNorm(units), nn.LayerNorm(units)
        self.wide = nn.Sequential(nn.Linear(units, 16), nn.GELU(), nn.Linear(16, units))
        self.last = nn.Linear(units, 3)

    def parted(self, x):
        batch, steps, units = x.shape
        return x.view(batch, steps, self.heads, units // self.heads).transpose(1, 2)

    def forward(self, x):
        x = self.table(x) + self.places
        y = self.first(x)
        query, key, value = self.parted(self.query(y)), self.parted(self.key(y)), self.parted(self.value(y))
        weights = (query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5).softmax(-1)
        mixed = (weights @ value).transpose(1, 2).contiguous()
        x = x + self.output(mixed.view(mixed.shape[0], mixed.shape[1], -1))
        x = x + self.wide(self.second(x))
        return self.last(x.mean(1))


for opset in (13, 16):
    save(f"transformer, opset {opset}", Transformer(), tokens, opset=opset)
save("transformer of two examples", Transformer(), tokens, dynamic=False)
rows = torch.randn(2, 7, 8)
encoder = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, activation="gelu")
save("TransformerEncoderLayer", nn.Sequential(encoder), rows)
itself = lambda model, x: model.layer(x, x, x, need_weights=False)[0]
save("MultiheadAttention", Model(itself, layer=nn.MultiheadAttention(8, 2, batch_first=True)), rows)


def next_block(model, x):
    x = model.stem(x)
    y = model.depthwise(x).permute(0, 2, 3, 1)
    y = model.narrow(F.gelu(model.wide(model.norm(y)))) * model.gain
    return model.last((x + y.permute(0, 3, 1, 2)).mean([-2, -1]))


parts = {"stem": nn.Conv2d(3, 8, 4, 4), "depthwise": nn.Conv2d(8, 8, 7, padding=3, groups=8), "norm": nn.LayerNorm(8)}
parts.update(wide=nn.Linear(8, 32), narrow=nn.Linear(32, 8), gain=nn.Parameter(torch.randn(8)), last=nn.Linear(8, 3))
save("ConvNeXt", Model(next_block, **parts), image)
norms = [nn.Conv2d(3, 8, 3), nn.GroupNorm(4, 8), nn.ELU(), nn.InstanceNorm2d(8, affine=True)]
save("GroupNorm and InstanceNorm", nn.Sequential(*norms, nn.Flatten(), nn.Linear(7200, 2)), image)
patches = lambda model, x: model.last(model.norm(model.c(x).flatten(2).transpose(1, 2))).mean(1)
save("patches", Model(patches, c=nn.Conv2d(3, 8, 8, 8), norm=nn.LayerNorm(8), last=nn.Linear(8, 4)), image)
grown = [nn.ConvTranspose2d(8, 4, 4, 2, 1, bias=False), nn.BatchNorm2d(4), nn.ReLU()]
last = [nn.ConvTranspose2d(4, 1, 3, 2, 1, output_padding=1), nn.Tanh()]
generate = lambda model, x: model.large(model.first(x).view(-1, 8, 4, 4))
save("generator", Model(generate, first=nn.Linear(5, 128), large=nn.Sequential(*grown, *last)), torch.randn(2, 5))
perceptron = [nn.Linear(5, 8), nn.BatchNorm1d(8), nn.PReLU(8), nn.Dropout(), nn.Linear(8, 8), nn.Mish(), nn.Linear(8, 3)]
save("perceptron", nn.Sequential(*perceptron, nn.Softmax(-1)), torch.randn(4, 5))


def two(model, x, y):
    both = torch.cat([model.a(x).relu(), model.b(y).sigmoid()], 1)
    return model.c(both), model.d(both)


parts = {"a": nn.Linear(5, 4), "b": nn.Linear(3, 4), "c": nn.Linear(8, 2), "d": nn.Linear(8, 3)}
save("two inputs and outputs", Model(two, **parts), torch.randn(2, 5), torch.randn(2, 3))
each = lambda model, x: model.a(x.reshape(-1, x.shape[2])).relu().view(x.shape[0], x.shape[1], -1)
save("each step alone", Model(each, a=nn.Linear(5, 4)), sequence)
shuffle = lambda model, x: F.pixel_shuffle(model.c(x), 2)
save("shuffled pixels", Model(shuffle, c=nn.Conv2d(3, 8, 3, padding=1)), small)


def channels(model, x):
    x = model.c(x)
    batch, count, height, width = x.shape
    x = x.view(batch, 2, count // 2, height, width).transpose(1, 2).contiguous().view(batch, count, height, width)
    a, b = model.d(x).chunk(2, 1)
    return torch.cat([b, a], 1)


save("shuffled channels", Model(channels, c=nn.Conv2d(3, 8, 1), d=nn.Conv2d(8, 8, 3, padding=1, groups=8)), small)
mean, deviation = (torch.tensor(each).view(1, 3, 1, 1) for each in ([0.4, 0.5, 0.6], [0.2, 0.3, 0.4]))
scaled = lambda model, x: model.c((x - mean) / deviation).abs().clamp(0.1, 1.5).mean((2, 3))
save("scaled and limited", Model(scaled, c=nn.Conv2d(3, 4, 3)), image)
save("weight_norm", nn.Sequential(nn.utils.weight_norm(nn.Linear(5, 4))), sequence)
unit = lambda model, x: F.normalize(model.a(x), dim=1)
save("unit length", Model(unit, a=nn.Linear(5, 4)), torch.randn(2, 5))

video = torch.randn(2, 3, 6, 9, 8)
volumes = nn.Sequential(
    nn.Conv3d(3, 6, 3, padding=1), nn.BatchNorm3d(6), nn.ReLU(), nn.MaxPool3d(2), nn.Conv3d(6, 4, (2, 3, 1), stride=(1, 2, 1), groups=2),
    nn.AvgPool3d((1, 1, 2)), nn.Flatten(), nn.Linear(16, 3),
)
save("three spatial sides", volumes, video)
save("three spatial sides, transposed", nn.Sequential(nn.ConvTranspose3d(3, 2, 3, 2, 1, 1), nn.Tanh()), video[:, :, :3, :4, :4])
save("MaxPool2d with dilation", nn.Sequential(nn.Conv2d(3, 4, 3), nn.MaxPool2d(3, 2, 1, dilation=2)), small)
rectified = nn.RNN(5, 4, nonlinearity="relu", bidirectional=True)
save("RNN with relu", Model(lambda model, x: model.layer(x)[0], layer=rectified), sequence.transpose(0, 1), batch=1)
stateful = lambda model, x, h, c: (lambda out, states: (out, *states))(*model.layer(x, (h, c)))
states = [torch.randn(1, 2, 4) for _ in range(2)]
save("LSTM with states", Model(stateful, layer=nn.LSTM(5, 4)), sequence.transpose(0, 1), *states, batch=1)
biased = lambda model, x: torch.softmax(model.q(x) @ model.k(x).transpose(1, 2) / 2 + model.bias, -1) @ model.v(x)
parts = {name: nn.Linear(5, 4) for name in "qkv"}
alibi = Model(biased, **parts)
alibi.bias = nn.Parameter(-torch.arange(7.0).view(7, 1).sub(torch.arange(7.0)).abs())
save("attention with a table", alibi, sequence)
save("bilinear", Model(lambda model, x: model.a(x) @ x.transpose(1, 2), a=nn.Linear(5, 5)), sequence)
save("exponential", Model(lambda model, x: torch.exp(model.a(x)), a=nn.Linear(5, 4)), sequence)

(folder / "index.json").write_text(json.dumps({"version": torch.__version__, "networks": index}))
