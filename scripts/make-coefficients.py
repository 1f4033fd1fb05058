"""The coefficients of assembly/vector/exponential.ts (the f32 polynomial of exp) and assembly/vector/erf.ts: python3 make-coefficients.py

Each approximation equals its function at Chebyshev nodes, solved with 60 digits (mpmath 1.3.0) and rounded at the end.
"""
import numpy
from mpmath import cos, erf, erfc, exp, log, lu_solve, matrix, mp, mpf, pi, sqrt

mp.dps = 60


def nodes(low, high, count, warp=lambda x: x, unwarp=lambda x: x):
    low, high = warp(mpf(low)), warp(mpf(high))
    return [unwarp((low + high) / 2 + (high - low) / 2 * cos(pi * (2 * i + 1) / (2 * count))) for i in range(count)]


def quotient(function, points, numerator, denominator):
    """Returns the coefficients, lowest first, of the p / q of these degrees that equals `function` at the points; q starts with 1."""
    rows = [[x**i for i in range(numerator + 1)] + [-function(x) * x**i for i in range(1, denominator + 1)] for x in points]
    solution = list(lu_solve(matrix(rows), matrix([function(x) for x in points])))
    return solution[: numerator + 1], [mpf(1), *solution[numerator + 1 :]]


def show(name, p, q, rounded):
    size = max(len(p), len(q))
    p, q = p + [mpf(0)] * (size - len(p)), q + [mpf(0)] * (size - len(q))
    print(name, [str(rounded(float(c))) for pair in zip(reversed(p), reversed(q)) for c in pair])


def near(z):
    return erf(sqrt(z)) / sqrt(z)


def far(x):
    return exp(x * x) * erfc(x)


def warp(x):
    return (x - 2) / (x + 2)


def unwarp(t):
    return 2 * (1 + t) / (1 - t)


half_ln2 = log(2) / 2 * mpf("1.0002")
points = [half_ln2 * mpf(c) for c in ("-0.98", "-0.68", "0.05", "0.7", "0.98")]
print("exp f32", [str(numpy.float32(float(c))) for c in quotient(lambda r: (exp(r) - 1 - r) / r**2, points, 4, 0)[0]])

for name, rounded, degrees in (("near f32", numpy.float32, (2, 3)), ("near f64", float, (4, 5))):
    p, q = quotient(near, nodes(mpf(10) ** -12, 1, sum(degrees) + 1), *degrees)
    p += [mpf(0)]
    show(name, [a - b for a, b in zip(p, q)], q, rounded)  # erf(x) = x + x (p - q) / q

for name, rounded, degrees, high in (("far f32", numpy.float32, (3, 4), 10.3), ("far f64", float, (8, 9), 28)):
    show(name, *quotient(far, nodes(1, high, sum(degrees) + 1, warp, unwarp), *degrees), rounded)
