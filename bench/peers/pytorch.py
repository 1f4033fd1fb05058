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
    network = network_of(work["layers"])
    optimizer = torch.optim.Adam(
        network.parameters(), lr=work["learningRate"], betas=work["betas"], eps=work["epsilon"]
    )
    loss_of = torch.nn.CrossEntropyLoss()
    inputs, classes = torch.from_numpy(work["inputs"]), torch.from_numpy(work["classes"]).long()
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


peer(dict(version=torch.__version__, train=train, infer=infer, system=system, matmul=matmul))
