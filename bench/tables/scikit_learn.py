"""scikit-learn's models of tables: a network, boosted trees and a linear model, on the same rows as simdnet's.

`scikit_learn.py --export <folder>` writes the tables that come with scikit-learn. Without arguments it reads jobs from standard input, one JSON
object a line: { train, test, target, task, seed }. It answers each with a line of scores and seconds.
"""
import csv
import json
import sys
import time
import warnings

import numpy as np
import sklearn
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.metrics import accuracy_score, log_loss, r2_score
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import StandardScaler

# Rarer categories have no feature of their own.
FEWEST_ROWS = 2
MOST_EPOCHS = 500


def export(folder):
    data = load_breast_cancer()
    with open(f"{folder}/wdbc.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*data.feature_names, "diagnosis"])
        for row, target in zip(data.data, data.target):
            writer.writerow([*map(float, row), data.target_names[target]])


def read(path, target):
    with open(path, newline="") as file:
        names, *rows = csv.reader(file)
    columns = {name: [row[index] for row in rows] for index, name in enumerate(names)}
    return columns, columns.pop(target)


def numbers(texts):
    return np.array([float(text) if text else np.nan for text in texts])


def is_number(texts):
    try:
        numbers(texts)
        return True
    except ValueError:
        return False


def features(train, test):
    """The features of both: numbers with the median and a mark where they are missing, and a feature for each category."""
    results = ([], [])
    for name, texts in train.items():
        both = (texts, test[name])
        if is_number(texts + test[name]):
            values = [numbers(each) for each in both]
            marks = [np.isnan(each).astype(float) for each in values]
            median = np.nanmedian(values[0])
            for columns, each, mark in zip(results, values, marks):
                columns.append(np.where(np.isnan(each), median, each))
                if marks[0].any():
                    columns.append(mark)
        else:
            kinds, counts = np.unique(texts, return_counts=True)
            for kind in kinds[counts >= FEWEST_ROWS]:
                for columns, each in zip(results, both):
                    columns.append(np.array([text == kind for text in each], float))
    return [np.stack(columns, axis=1) for columns in results]


def scaled(train, test):
    scaler = StandardScaler().fit(train)
    return scaler.transform(train), scaler.transform(test)


def models(is_number, seed):
    if is_number:
        mlp = MLPRegressor((64, 32), max_iter=MOST_EPOCHS, random_state=seed)
        return dict(
            mlp=TransformedTargetRegressor(mlp, transformer=StandardScaler()),
            boosting=HistGradientBoostingRegressor(random_state=seed),
            linear=RidgeCV(np.logspace(-3, 3, 13)),
        )
    return dict(
        mlp=MLPClassifier((64, 32), max_iter=MOST_EPOCHS, random_state=seed),
        boosting=HistGradientBoostingClassifier(random_state=seed),
        linear=LogisticRegression(max_iter=1000),
    )


def answer(job):
    train, train_target = read(job["train"], job["target"])
    test, test_target = read(job["test"], job["target"])
    plain = features(train, test)
    standard = scaled(*plain)
    is_number = job["task"] == "number"
    targets = [numbers(each) if is_number else np.array(each) for each in (train_target, test_target)]
    results = {}
    for name, model in models(is_number, job["seed"]).items():
        inputs = plain if name == "boosting" else standard
        start = time.perf_counter()
        model.fit(inputs[0], targets[0])
        seconds = time.perf_counter() - start
        said = model.predict(inputs[1])
        if is_number:
            scores = dict(r2=r2_score(targets[1], said))
        else:
            probabilities = model.predict_proba(inputs[1])
            scores = dict(
                accuracy=accuracy_score(targets[1], said),
                crossEntropy=log_loss(targets[1], probabilities, labels=model.classes_),
            )
        results[name] = dict(**scores, seconds=seconds)
    return results


if sys.argv[1:2] == ["--export"]:
    export(sys.argv[2])
else:
    warnings.filterwarnings("ignore")
    print(json.dumps(dict(version=sklearn.__version__)), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
