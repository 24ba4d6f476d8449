"""A small dense network that learns a function: forward, backward, and Adam's steps."""

import numpy as np

SIZES = {"XS": (6, 4, 2), "S": (12, 8, 1100), "M": (256, 64, 640), "L": (8000, 128, 84)}


def setup(size):
    batch, hidden, steps = size
    rng = np.random.default_rng(0)
    x = rng.normal(size=(batch, 8)).astype(np.float32)
    y = np.sin(x.sum(axis=1, keepdims=True)) + x[:, :1] ** 2
    widths = (8, hidden, hidden, 1)
    weights = [rng.normal(scale=n**-0.5, size=(n, m)).astype(np.float32) for n, m in zip(widths, widths[1:])]
    return x, y.astype(np.float32), weights, steps


def gradients(x, y, weights):
    layers = [x]
    for w in weights[:-1]:
        layers.append(np.tanh(layers[-1] @ w))
    error = layers[-1] @ weights[-1] - y
    loss = (error**2).mean()
    delta = 2.0 * error / np.float32(len(x))
    slopes = [layers[-1].T @ delta]
    for w, layer, below in zip(weights[:0:-1], layers[:0:-1], layers[-2::-1]):
        delta = (delta @ w.T) * (1.0 - layer**2)
        slopes.append(below.T @ delta)
    return loss, slopes[::-1]


def run(x, y, start, steps, rate=0.003):
    weights = [w.copy() for w in start]
    first, second = ([np.zeros_like(w) for w in weights] for _ in range(2))
    losses = []
    for step in range(1, steps + 1):
        loss, slopes = gradients(x, y, weights)
        losses.append(loss)
        for w, m, v, slope in zip(weights, first, second, slopes):
            m += 0.1 * (slope - m)
            v += 0.001 * (slope**2 - v)
            w -= rate * (m / (1.0 - 0.9**step)) / (np.sqrt(v / (1.0 - 0.999**step)) + 1e-8)
    return np.array(losses), *weights
