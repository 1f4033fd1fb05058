"""SqueezeNet's features in PyTorch, with the weights that squeezenet.mjs has written for it: started with the folder of the files.

It also writes the network as ONNX, for ONNX Runtime.
"""

import json
import pathlib
import struct
import sys

import numpy as np
import torch
from torch import nn

folder = pathlib.Path(sys.argv[1])
torch.set_num_threads(1)


def load_file(path):
    """What safetensors.torch.load_file returns, for float32."""
    data = path.read_bytes()
    begin = 8 + struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:begin])
    header.pop("__metadata__", None)
    return {
        name: torch.from_numpy(np.frombuffer(data[begin:], "<f4", int(np.prod(entry["shape"])), entry["data_offsets"][0]).copy()).reshape(
            entry["shape"]
        )
        for name, entry in header.items()
    }


class Fire(nn.Module):
    def __init__(self, inputs, few, many):
        super().__init__()
        self.squeeze1x1 = nn.Conv2d(inputs, few, 1)
        self.expand1x1 = nn.Conv2d(few, many, 1)
        self.expand3x3 = nn.Conv2d(few, many, 3, padding=1)

    def forward(self, x):
        x = torch.relu(self.squeeze1x1(x))
        return torch.cat([torch.relu(self.expand1x1(x)), torch.relu(self.expand3x3(x))], 1)


class SqueezeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.prepare = nn.Conv2d(3, 3, 1)
        self.conv1 = nn.Conv2d(3, 64, 3, 2)
        self.fire2, self.fire3 = Fire(64, 16, 64), Fire(128, 16, 64)
        self.fire4, self.fire5 = Fire(128, 32, 128), Fire(256, 32, 128)
        self.fire6, self.fire7 = Fire(256, 48, 192), Fire(384, 48, 192)
        self.fire8, self.fire9 = Fire(384, 64, 256), Fire(512, 64, 256)
        self.pool = nn.MaxPool2d(3, 2)

    def forward(self, x):
        x = self.pool(torch.relu(self.conv1(self.prepare(x))))
        x = self.pool(self.fire3(self.fire2(x)))
        x = self.pool(self.fire5(self.fire4(x)))
        return self.fire9(self.fire8(self.fire7(self.fire6(x)))).mean((2, 3))


network = SqueezeNet().eval()
network.load_state_dict(load_file(folder / "squeezenet.safetensors"), strict=True)
pictures = torch.from_numpy(np.fromfile(folder / "pictures.f32", "<f4").reshape(-1, 128, 128, 3)).permute(0, 3, 1, 2)
with torch.no_grad():
    network(pictures).numpy().tofile(folder / "features.f32")
    torch.onnx.export(
        network, pictures, str(folder / "squeezenet.onnx"), input_names=["x"], output_names=["y"], opset_version=13,
        dynamic_axes={"x": {0: "rows"}, "y": {0: "rows"}},
    )  # fmt: skip
    network.double()(pictures.double()).numpy().tofile(folder / "features.f64")
