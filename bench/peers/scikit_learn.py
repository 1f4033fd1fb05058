"""scikit-learn's MLPClassifier. A subclass replaces the first weights, which it would draw."""
import numpy as np
import sklearn
from sklearn.neural_network import MLPClassifier

from harness import peer


class Classifier(MLPClassifier):
    def __init__(self, layers, **options):
        super().__init__(**options)
        self.layers = layers

    def _initialize(self, y, layer_units, dtype):
        super()._initialize(y, layer_units, dtype)
        self.coefs_ = [layer["weight"].copy() for layer in self.layers]
        self.intercepts_ = [layer["bias"].copy() for layer in self.layers]


def classifier_of(layers, **options):
    sizes = [layer["fanOut"] for layer in layers[:-1]]
    return Classifier(layers, hidden_layer_sizes=sizes, alpha=0, shuffle=False, **options)


def train(work):
    (beta1, beta2) = work["betas"]
    classifier = classifier_of(
        work["layers"], batch_size=work["batchSize"], learning_rate_init=work["learningRate"],
        beta_1=beta1, beta_2=beta2, epsilon=work["epsilon"],
    )
    classes = work["classes"].astype(int)

    def epoch():
        classifier.partial_fit(work["inputs"], classes, np.arange(10))
        return classifier.loss_

    return epoch


cannot = dict(
    infer="its predict_proba gives probabilities, not logits",
    tiny="its predict_proba gives probabilities, not logits",
    system="always has biases",
    matmul="NumPy's",
)
# Its Adam adds epsilon before it corrects the second mean. NumPy code that does the same has the same losses.
peer(dict(version=sklearn.__version__, train=train, loss_digits=2, cannot=cannot))
