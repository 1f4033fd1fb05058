/**
 * Losses of outputs that are to be the targets' probabilities, each output by itself. The class losses that look at whole rows are in
 * crossEntropy.
 */
import { expOfNegative, log, log1p, sigmoid } from "../vector/exponential";
import { splat } from "../vector/lanes";
import { ElementLoss } from "./loops";

/** The least logarithm of a probability that a loss takes. */
const leastLog: f64 = -100;

/** The least divisor in the derivative of a logarithm. */
const leastDivisor: f64 = 1e-12;

/**
 * Σ -target·log(output) - (1 - target)·log(1 - output), for probabilities.
 * outputGrad = scale · (output - target) / max(output·(1 - output), 1e-12).
 *
 * Numerics  each logarithm is at least -100, so that a certain wrong answer costs 100. NaN, or an output outside
 *           [0, 1], gives NaN.
 * Source    PyTorch's BCELoss.
 */
@final
@unmanaged
export class BinaryCrossEntropy extends ElementLoss {
  /** @inline -t·log p - (1 - t)·log(1 - p) */
  forward<T extends number>(output: v128, target: v128, _parameter: v128): v128 {
    const least = splat<T>(leastLog);
    const whenTrue = v128.mul<T>(target, v128.max<T>(log<T>(output), least));
    const whenFalse = v128.max<T>(log1p<T>(v128.neg<T>(output)), least);
    return v128.sub<T>(v128.mul<T>(v128.sub<T>(target, splat<T>(1)), whenFalse), whenTrue);
  }

  /** @inline (p - t) / (p·(1 - p)) */
  backward<T extends number>(output: v128, target: v128, _parameter: v128): v128 {
    const product = v128.mul<T>(output, v128.sub<T>(splat<T>(1), output));
    return v128.div<T>(v128.sub<T>(output, target), v128.max<T>(product, splat<T>(leastDivisor)));
  }
}

/**
 * Σ max(output, 0) - output·target + log(1 + exp(-|output|)): the binary cross-entropy of sigmoid(output).
 * outputGrad = scale · (sigmoid(output) - target).
 *
 * Numerics  no finite logit overflows. An infinite one gives infinity or NaN.
 */
@final
@unmanaged
export class BinaryCrossEntropyWithLogits extends ElementLoss {
  /** @inline max(x, 0) - x·t + log(1 + exp(-|x|)) */
  forward<T extends number>(output: v128, target: v128, _parameter: v128): v128 {
    const linear = v128.sub<T>(v128.max<T>(output, splat<T>(0)), v128.mul<T>(output, target));
    return v128.add<T>(linear, log1p<T>(expOfNegative<T>(v128.neg<T>(v128.abs<T>(output)))));
  }

  /** @inline sigmoid(x) - t */
  backward<T extends number>(output: v128, target: v128, _parameter: v128): v128 {
    return v128.sub<T>(sigmoid<T>(output), target);
  }
}

/**
 * Σ -target·log(output), for probabilities and one-hot or soft targets.
 * outputGrad = scale · -target / max(output, 1e-12).
 *
 * Numerics  each logarithm is at least -100, as in binaryCrossEntropy. NaN or a negative output gives NaN.
 */
@final
@unmanaged
export class CategoricalCrossEntropy extends ElementLoss {
  /** @inline -t·log p */
  forward<T extends number>(output: v128, target: v128, _parameter: v128): v128 {
    return v128.neg<T>(v128.mul<T>(target, v128.max<T>(log<T>(output), splat<T>(leastLog))));
  }

  /** @inline -t / p */
  backward<T extends number>(output: v128, target: v128, _parameter: v128): v128 {
    return v128.neg<T>(v128.div<T>(target, v128.max<T>(output, splat<T>(leastDivisor))));
  }
}

/**
 * Σ target·(log(target) - output): output is the logarithm of a probability, target a probability.
 * outputGrad = scale · -target.
 *
 * Numerics  NaN at a negative target, and at an output of -Infinity with a target of 0.
 * Source    PyTorch's KLDivLoss.
 */
@final
@unmanaged
export class KullbackLeibler extends ElementLoss {
  /** @inline t·log t - t·x; of t·log t, 0 where t is 0 */
  forward<T extends number>(output: v128, target: v128, _parameter: v128): v128 {
    const entropy = v128.mul<T>(target, log<T>(target));
    const isZero = v128.eq<T>(target, splat<T>(0));
    return v128.sub<T>(v128.andnot(entropy, isZero), v128.mul<T>(target, output));
  }

  /** @inline -t */
  backward<T extends number>(_output: v128, target: v128, _parameter: v128): v128 {
    return v128.neg<T>(target);
  }
}
