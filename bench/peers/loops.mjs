/** The work of the peers and of some benches in hand-written JavaScript: plain loops over typed arrays. */

/** Computes out[rows, fanOut] = bias + input[rows, fanIn] · weight[fanIn, fanOut]. Four sums at once are twice as fast as one. */
export function forward(input, { weight, bias, fanIn, fanOut }, out, rows) {
  for (let row = 0; row < rows; row++) {
    const from = row * fanIn;
    const to = row * fanOut;
    let o = 0;
    for (; o + 3 < fanOut; o += 4) {
      let sum0 = bias[o];
      let sum1 = bias[o + 1];
      let sum2 = bias[o + 2];
      let sum3 = bias[o + 3];
      for (let i = 0, w = o; i < fanIn; i++, w += fanOut) {
        const x = input[from + i];
        sum0 += x * weight[w];
        sum1 += x * weight[w + 1];
        sum2 += x * weight[w + 2];
        sum3 += x * weight[w + 3];
      }
      out[to + o] = sum0;
      out[to + o + 1] = sum1;
      out[to + o + 2] = sum2;
      out[to + o + 3] = sum3;
    }
    for (; o < fanOut; o++) {
      let sum = bias[o];
      for (let i = 0; i < fanIn; i++) sum += input[from + i] * weight[i * fanOut + o];
      out[to + o] = sum;
    }
  }
}

export function relu(values, count) {
  for (let index = 0; index < count; index++) if (values[index] < 0) values[index] = 0;
}

/** Sets outGrad to softmax(logits) − target, over rows; returns the sum of the losses. */
export function softmaxCrossEntropy(logits, classes, firstRow, rows, outGrad) {
  let loss = 0;
  for (let row = 0; row < rows; row++) {
    const from = row * 10;
    let largest = Number.NEGATIVE_INFINITY;
    for (let o = 0; o < 10; o++) largest = Math.max(largest, logits[from + o]);
    let sum = 0;
    for (let o = 0; o < 10; o++) sum += Math.exp(logits[from + o] - largest);
    const target = classes[firstRow + row];
    for (let o = 0; o < 10; o++) {
      outGrad[from + o] = (Math.exp(logits[from + o] - largest) / sum - (o === target ? 1 : 0)) / rows;
    }
    loss += Math.log(sum) + largest - logits[from + target];
  }
  return loss;
}

/** Computes the gradients of a layer's weight and bias and, if there is an `inputGrad`, of its input. */
export function backward(input, { weight, fanIn, fanOut, weightGrad, biasGrad }, outGrad, rows, inputGrad) {
  weightGrad.fill(0);
  biasGrad.fill(0);
  for (let row = 0; row < rows; row++) {
    const at = row * fanOut;
    for (let o = 0; o < fanOut; o++) biasGrad[o] += outGrad[at + o];
    for (let i = 0; i < fanIn; i++) {
      const x = input[row * fanIn + i];
      const from = i * fanOut;
      for (let o = 0; o < fanOut; o++) weightGrad[from + o] += x * outGrad[at + o];
      if (!inputGrad) continue;
      let sum = 0;
      for (let o = 0; o < fanOut; o++) sum += outGrad[at + o] * weight[from + o];
      inputGrad[row * fanIn + i] = sum;
    }
  }
}

/** Returns Adam in PyTorch's form. @param parameters arrays of values with their gradients. @returns one update */
export function adam(parameters, { learningRate, betas: [beta1, beta2], epsilon }) {
  const states = parameters.map(({ values, grad }) => {
    return { values, grad, m: new Float32Array(values.length), v: new Float32Array(values.length) };
  });
  let step = 0;
  return () => {
    step++;
    const [correction1, correction2] = [1 - beta1 ** step, 1 - beta2 ** step];
    for (const { values, grad, m, v } of states) {
      for (let index = 0; index < values.length; index++) {
        const g = grad[index];
        m[index] = beta1 * m[index] + (1 - beta1) * g;
        v[index] = beta2 * v[index] + (1 - beta2) * g * g;
        values[index] -= (learningRate * (m[index] / correction1)) / (Math.sqrt(v[index] / correction2) + epsilon);
      }
    }
  };
}

export function train({ rows, inputs, classes, layers, batchSize, learningRate, betas, epsilon }) {
  const [first, second] = layers.map((layer) => ({
    ...layer,
    weight: layer.weight.slice(),
    bias: layer.bias.slice(),
    weightGrad: new Float32Array(layer.weight.length),
    biasGrad: new Float32Array(layer.bias.length),
  }));
  const parameters = [first, second].flatMap(({ weight, bias, weightGrad, biasGrad }) => [
    { values: weight, grad: weightGrad },
    { values: bias, grad: biasGrad },
  ]);
  const hidden = new Float32Array(batchSize * 128);
  const hiddenGrad = new Float32Array(batchSize * 128);
  const logits = new Float32Array(batchSize * 10);
  const logitsGrad = new Float32Array(batchSize * 10);
  const update = adam(parameters, { learningRate, betas, epsilon });
  return () => {
    let loss = 0;
    for (let from = 0; from < rows; from += batchSize) {
      const count = Math.min(batchSize, rows - from);
      const input = inputs.subarray(from * 784, (from + count) * 784);
      forward(input, first, hidden, count);
      relu(hidden, count * 128);
      forward(hidden, second, logits, count);
      loss += softmaxCrossEntropy(logits, classes, from, count, logitsGrad);
      backward(hidden, second, logitsGrad, count, hiddenGrad);
      for (let index = 0; index < count * 128; index++) if (hidden[index] <= 0) hiddenGrad[index] = 0;
      backward(input, first, hiddenGrad, count);
      update();
    }
    return loss / rows;
  };
}

export function infer({ layers }) {
  const outputs = layers.slice(0, -1).map(({ fanOut }) => new Float32Array(256 * fanOut));
  const last = layers.at(-1);
  return (inputs, rows) => {
    let input = inputs;
    for (let index = 0; index < outputs.length; index++) {
      forward(input, layers[index], outputs[index], rows);
      relu(outputs[index], rows * layers[index].fanOut);
      input = outputs[index];
    }
    const output = new Float32Array(rows * last.fanOut);
    forward(input, last, output, rows);
    return output;
  };
}

export function system({ inputs, targets, weights }) {
  const [x, y] = [inputs, targets].map((rows) => Float64Array.from(rows.flat()));
  const [w0, w1] = weights.map((rows) => Float64Array.from(rows.flat()));
  const [hidden, hiddenDelta] = [new Float64Array(16), new Float64Array(16)];
  const [out, outDelta] = [new Float64Array(4), new Float64Array(4)];
  const sigmoid = (value) => 1 / (1 + Math.exp(-value));
  function predict() {
    for (let row = 0; row < 4; row++) {
      let sum = 0;
      for (let h = 0; h < 4; h++) {
        let z = 0;
        for (let i = 0; i < 3; i++) z += x[row * 3 + i] * w0[i * 4 + h];
        hidden[row * 4 + h] = sigmoid(z);
        sum += hidden[row * 4 + h] * w1[h];
      }
      out[row] = sigmoid(sum);
    }
  }
  function update() {
    for (let row = 0; row < 4; row++) {
      outDelta[row] = (y[row] - out[row]) * out[row] * (1 - out[row]);
      for (let h = 0; h < 4; h++) {
        const activation = hidden[row * 4 + h];
        hiddenDelta[row * 4 + h] = outDelta[row] * w1[h] * activation * (1 - activation);
      }
    }
    for (let row = 0; row < 4; row++) {
      for (let h = 0; h < 4; h++) {
        w1[h] += hidden[row * 4 + h] * outDelta[row];
        for (let i = 0; i < 3; i++) w0[i * 4 + h] += x[row * 3 + i] * hiddenDelta[row * 4 + h];
      }
    }
  }
  return {
    iterate(count) {
      for (let iteration = 0; iteration < count; iteration++) {
        predict();
        update();
      }
    },
    error() {
      predict();
      return out.reduce((sum, value, row) => sum + Math.abs(y[row] - value), 0) / 4;
    },
  };
}

export function matmul(a, b, size) {
  const out = new Float32Array(size * size);
  const layer = { weight: b, bias: new Float32Array(size), fanIn: size, fanOut: size };
  return { run: () => forward(a, layer, out, size), read: () => out };
}
