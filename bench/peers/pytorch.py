"""PyTorch, one thread: torch.nn, torch.optim and autograd as its tutorials use them."""
import torch

from harness import peer

torch.set_num_threads(1)


def network_of(layers):
    modules = []
    for layer in layers:
        linear = torch.nn.Linear(layer["fanIn"], layer["fanOut"])
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(layer["weight"]).T)
            linear.bias.copy_(torch.from_numpy(layer["bias"]))
        modules += [linear, torch.nn.ReLU()]
    return torch.nn.Sequential(*modules[:-1])


def train(work):
    return training(network_of(work["layers"]), torch.from_numpy(work["inputs"]), work)


def training(network, inputs, work):
    optimizer = torch.optim.Adam(
        [each for each in network.parameters() if each.requires_grad], lr=work["learningRate"], betas=work["betas"], eps=work["epsilon"]
    )
    loss_of = torch.nn.CrossEntropyLoss()
    classes = torch.from_numpy(work["classes"]).long()
    batches = list(zip(inputs.split(work["batchSize"]), classes.split(work["batchSize"])))

    def epoch():
        total = 0.0
        for x, y in batches:
            optimizer.zero_grad(set_to_none=True)
            loss = loss_of(network(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
        return total / work["rows"]

    return epoch


def infer(work):
    network = network_of(work["layers"])

    def predict(x):
        with torch.inference_mode():
            return network(torch.from_numpy(x)).numpy()

    return predict


def images(memory_format):
    """The functions of a peer for the layers that images.mjs describes. Images are NHWC outside."""

    def network_of(layers):
        modules = []
        for layer in layers:
            if layer["kind"] == "pool":
                modules.append(torch.nn.MaxPool2d(2))
                continue
            weight = torch.from_numpy(layer["weight"])
            if layer["kind"] == "conv":
                module = torch.nn.Conv2d(layer["channels"], layer["filters"], 3, padding=layer["padding"])
                modules += [module, torch.nn.ReLU()]
                weight = weight.permute(3, 2, 0, 1)
            else:
                module = torch.nn.Linear(layer["fanIn"], layer["fanOut"])
                modules += [torch.nn.Flatten(), module]
                side = layer["side"]
                weight = weight.reshape(side, side, layer["channels"], -1).permute(3, 2, 0, 1).flatten(1)
            with torch.no_grad():
                module.weight.copy_(weight)
                module.bias.copy_(torch.from_numpy(layer["bias"]))
        return torch.nn.Sequential(*modules).to(memory_format=memory_format)

    def inputs_of(x):
        return torch.from_numpy(x).permute(0, 3, 1, 2).contiguous(memory_format=memory_format)

    def train(work):
        return training(network_of(work["layers"]), inputs_of(work["inputs"]), work)

    def infer(work):
        network = network_of(work["layers"])

        def predict(x):
            with torch.inference_mode():
                return network(inputs_of(x)).numpy()

        return predict

    return dict(trainImages=train, inferImages=infer)


class Sequences(torch.nn.Module):
    """An LSTM and a dense layer on its last state. PyTorch adds two biases; here one stays 0."""

    def __init__(self, layers):
        super().__init__()
        recurrent, last = layers
        self.lstm = torch.nn.LSTM(recurrent["features"], recurrent["units"], batch_first=True)
        self.last = torch.nn.Linear(last["fanIn"], last["fanOut"])
        with torch.no_grad():
            self.lstm.weight_ih_l0.copy_(torch.from_numpy(recurrent["weight"]).T)
            self.lstm.weight_hh_l0.copy_(torch.from_numpy(recurrent["recurrentWeight"]).T)
            self.lstm.bias_ih_l0.copy_(torch.from_numpy(recurrent["bias"]))
            self.lstm.bias_hh_l0.zero_().requires_grad_(False)
            self.last.weight.copy_(torch.from_numpy(last["weight"]).T)
            self.last.bias.copy_(torch.from_numpy(last["bias"]))

    def forward(self, x):
        return self.last(self.lstm(x)[1][0][0])


def train_sequences(work):
    return training(Sequences(work["layers"]), torch.from_numpy(work["inputs"]), work)


def infer_sequences(work):
    network = Sequences(work["layers"])

    def predict(x):
        with torch.inference_mode():
            return network(torch.from_numpy(x)).numpy()

    return predict


def system(work):
    x, y = (torch.tensor(work[name], dtype=torch.float64) for name in ("inputs", "targets"))
    w0, w1 = (torch.tensor(weight, dtype=torch.float64, requires_grad=True) for weight in work["weights"])
    optimizer = torch.optim.SGD([w0, w1], lr=1)

    def predict():
        return torch.sigmoid(torch.sigmoid(x @ w0) @ w1)

    def iterate(count):
        for _ in range(count):
            optimizer.zero_grad(set_to_none=True)
            (0.5 * (y - predict()).square().sum()).backward()
            optimizer.step()

    return iterate, lambda: (y - predict()).abs().mean().item()


def matmul(a, b):
    x, w = torch.from_numpy(a), torch.from_numpy(b)
    out = torch.empty_like(x)
    return lambda: torch.matmul(x, w, out=out)


if __name__ == "__main__":
    work = dict(train=train, infer=infer, system=system, matmul=matmul)
    sequences = dict(trainSequences=train_sequences, inferSequences=infer_sequences)
    peer(dict(version=torch.__version__, **work, **sequences, **images(torch.contiguous_format)))
