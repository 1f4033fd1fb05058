"""NumPy, by hand: whole-array formulas, Adam in place on one flat array of all parameters."""
import numpy as np

from harness import peer


def train(work):
    inputs, batch_size, rows = work["inputs"], work["batchSize"], work["rows"]
    targets = np.eye(10, dtype=np.float32)[work["classes"].astype(int)]
    arrays = [layer[name] for layer in work["layers"] for name in ("weight", "bias")]
    flat = np.concatenate([array.ravel() for array in arrays])
    gradient, mean, square, update, root = (np.zeros_like(flat) for _ in range(5))

    def views(values):
        ends = np.cumsum([array.size for array in arrays])
        return [values[end - array.size : end].reshape(array.shape) for end, array in zip(ends, arrays)]

    w1, b1, w2, b2 = views(flat)
    w1_grad, b1_grad, w2_grad, b2_grad = views(gradient)
    rate, (beta1, beta2), epsilon = work["learningRate"], work["betas"], work["epsilon"]
    step = 0

    def epoch():
        nonlocal step
        loss = 0.0
        for start in range(0, rows, batch_size):
            x, y = inputs[start : start + batch_size], targets[start : start + batch_size]
            hidden = x @ w1
            hidden += b1
            np.maximum(hidden, 0, out=hidden)
            logits = hidden @ w2
            logits += b2
            logits -= logits.max(axis=1, keepdims=True)
            exps = np.exp(logits)
            sums = exps.sum(axis=1, keepdims=True)
            loss += np.log(sums).sum() - (logits * y).sum()
            exps /= sums
            exps -= y
            exps /= len(x)
            np.matmul(hidden.T, exps, out=w2_grad)
            exps.sum(axis=0, out=b2_grad)
            hidden_grad = exps @ w2.T
            hidden_grad *= hidden > 0
            np.matmul(x.T, hidden_grad, out=w1_grad)
            hidden_grad.sum(axis=0, out=b1_grad)
            step += 1
            np.multiply(gradient, 1 - beta1, out=update)
            np.multiply(mean, beta1, out=mean)
            np.add(mean, update, out=mean)
            np.multiply(gradient, gradient, out=update)
            np.multiply(update, 1 - beta2, out=update)
            np.multiply(square, beta2, out=square)
            np.add(square, update, out=square)
            np.multiply(square, 1 / (1 - beta2**step), out=root)
            np.sqrt(root, out=root)
            np.add(root, epsilon, out=root)
            np.divide(mean, root, out=update)
            np.multiply(update, rate / (1 - beta1**step), out=update)
            np.subtract(flat, update, out=flat)
        return loss / rows

    return epoch


def infer(work):
    *hidden, (last_weight, last_bias) = [(layer["weight"], layer["bias"]) for layer in work["layers"]]

    def predict(x):
        for weight, bias in hidden:
            x = x @ weight
            x += bias
            np.maximum(x, 0, out=x)
        return x @ last_weight + last_bias

    return predict


def system(work):
    x, y = np.array(work["inputs"], dtype=float), np.array(work["targets"], dtype=float)
    w0, w1 = (np.array(weight) for weight in work["weights"])

    def iterate(count):
        nonlocal w0, w1
        for _ in range(count):
            hidden = 1 / (1 + np.exp(-(x @ w0)))
            out = 1 / (1 + np.exp(-(hidden @ w1)))
            delta2 = (y - out) * (out * (1 - out))
            delta1 = (delta2 @ w1.T) * (hidden * (1 - hidden))
            w1 += hidden.T @ delta2
            w0 += x.T @ delta1

    def error():
        hidden = 1 / (1 + np.exp(-(x @ w0)))
        return np.mean(np.abs(y - 1 / (1 + np.exp(-(hidden @ w1)))))

    return iterate, error


def matmul(a, b):
    out = np.empty_like(a)
    return lambda: np.matmul(a, b, out=out)


peer(dict(version=np.__version__, train=train, infer=infer, system=system, matmul=matmul))
