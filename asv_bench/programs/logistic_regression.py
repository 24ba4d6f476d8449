"""Logistic regression by gradient descent with momentum, and its loss on the way."""

import numpy as np

SIZES = {"XS": (20, 3, 3), "S": (20, 6, 2000), "M": (3000, 16, 870), "L": (200_000, 16, 58)}


def setup(size):
    rows, columns, steps = size
    rng = np.random.default_rng(0)
    x = rng.normal(size=(rows, columns))
    y = (x @ rng.normal(size=columns) + rng.normal(size=rows) > 0.0).astype(float)
    return x, y, steps


def run(x, y, steps, rate=0.5, momentum=0.8):
    weights, bias = np.zeros(x.shape[1]), 0.0
    speed = np.zeros_like(weights)
    losses = []
    for _ in range(steps):
        p = 1.0 / (1.0 + np.exp(-(x @ weights + bias)))
        losses.append(-np.mean(y * np.log(p + 1e-12) + (1.0 - y) * np.log(1.0 - p + 1e-12)))
        error = p - y
        speed = momentum * speed - rate * ((x * error[:, np.newaxis]).mean(axis=0) + 1e-3 * weights)
        weights = weights + speed
        bias -= rate * error.mean()
    return weights, np.array(losses)
