"""peer.mjs for Python: checks the results of a peer, times it, and prints one JSON line per workload.

python <peer>.py <folder of the workloads> <group>; peer.mjs describes what a peer provides.
"""
import json
import math
import os
import sys
import time

import numpy as np

WARM_UP_SECONDS = 0.3
SAMPLE_SECONDS = 0.01
TIMED_SECONDS = 1.0
FEWEST_SAMPLES = 3


class Wrong(Exception):
    pass


def peer(work):
    folder, group = sys.argv[1:]
    try:
        if ("infer" if group == "tiny" else group) not in work:
            say(cannot=work.get("cannot", {}).get(group, "has no such thing"))
        else:
            globals()[group](work, read(folder)[group])
    except Exception as error:
        say(error=str(error).split("\n")[0], wrong=isinstance(error, Wrong))


def read(folder):
    numbers = np.fromfile(os.path.join(folder, "workloads.bin"), dtype=np.float32)

    def revive(value):
        if "offset" not in value:
            return value
        shape = value["shape"]
        return numbers[value["offset"] : value["offset"] + math.prod(shape)].reshape(shape).copy()

    with open(os.path.join(folder, "workloads.json")) as file:
        return json.load(file, object_hook=revive)


def say(**line):
    print(json.dumps(line), flush=True)


def train(peer, work):
    for batch_size in work["batchSizes"]:
        time_epochs(f"train {batch_size}", peer, peer["train"], dict(work, batchSize=batch_size))


def trainImages(peer, works):
    for size, work in works.items():
        time_epochs(f"trainImages {size}", peer, peer["trainImages"], work)


def trainSequences(peer, works):
    for size, work in works.items():
        time_epochs(f"trainSequences {size}", peer, peer["trainSequences"], work)


def time_epochs(workload, peer, start, work):
    """Trains from the start for a minimum time."""
    seconds, losses, timed = [], None, 0.0
    while timed < TIMED_SECONDS:
        epoch = start(work)
        seen = []
        for count in range(work["epochs"]):
            began = time.perf_counter()
            seen.append(float(epoch()))
            took = time.perf_counter() - began
            if count > 0:
                seconds.append(took / work["rows"])
                timed += took
        losses = losses or seen
    agreement = {"lossDigits": peer["loss_digits"]} if "loss_digits" in peer else {}
    say(workload=workload, version=peer["version"], seconds=seconds, losses=losses, **agreement)


def infer(peer, work):
    time_predictions("infer", peer, work)


def inferImages(peer, work):
    time_predictions("inferImages", peer, work)


def inferSequences(peer, work):
    time_predictions("inferSequences", peer, work)


def time_predictions(group, peer, work):
    predict = peer[group](work)
    for count in (1, work["rows"]):
        some = work["inputs"][:count].copy()
        compare(f"{group} {count}", predict(some), work["outputs"][:count])
        say(workload=f"{group} {count}", version=peer["version"], seconds=timed(lambda: predict(some), count))


def tiny(peer, work):
    predict = peer["infer"](work)
    compare("tiny", predict(work["inputs"]), work["outputs"])
    say(workload="tiny", version=peer["version"], seconds=timed(lambda: predict(work["inputs"]), 1))


def system(peer, work):
    iterate, error = peer["system"](work)
    iterate(work["iterations"])
    got, need = float(error()), work["meanAbsoluteError"]
    if not abs(got / need - 1) < 1e-5:
        raise Wrong(f"R1: error {got}, need {need}")
    iterations = 1000
    say(workload="R1", version=peer["version"], seconds=timed(lambda: iterate(iterations), iterations), error=got)


def matmul(peer, work):
    for product in work["products"]:
        size = product["size"]
        a, b = (work[name][: size * size].reshape(size, size).copy() for name in "ab")
        run = peer["matmul"](a, b)
        result = np.asarray(run()).ravel()
        for index, value in product["elements"]:
            if not abs(result[index] - value) <= 1e-5 * math.sqrt(size):
                raise Wrong(f"matmul {size}: element {index} is {result[index]}, need {value}")
        say(workload=f"matmul {size}", version=peer["version"], seconds=timed(run, 2 * size**3))


def compare(name, actual, expected):
    if not np.all(np.abs(actual - expected) <= 1e-4 * np.abs(expected).max()):
        raise Wrong(f"{name}: outputs differ")


def timed(run, units):
    """Returns the seconds for one of the `units` of a run: warmed up, from several samples of at least 10 ms."""

    def measure(runs):
        began = time.perf_counter()
        for _ in range(runs):
            run()
        return time.perf_counter() - began

    runs, spent = 1, 0.0
    while spent < WARM_UP_SECONDS:
        took = measure(runs)
        spent += took
        if took < SAMPLE_SECONDS:
            runs = math.ceil(runs * min(10, 1.1 * SAMPLE_SECONDS / max(took, 1e-5)))
    seconds, spent = [], 0.0
    while spent < TIMED_SECONDS or len(seconds) < FEWEST_SAMPLES:
        took = measure(runs)
        spent += took
        seconds.append(took / runs / units)
    return seconds
