"""A batch of sequences through a long short-term memory, step by step."""

import numpy as np

SIZES = {"XS": (3, 4, 4, 3), "S": (3, 8, 8, 2300), "M": (50, 16, 64, 1100), "L": (2000, 32, 128, 71)}


def setup(size):
    batch, features, hidden, steps = size
    rng = np.random.default_rng(0)
    scale = 1.0 / np.sqrt(hidden)
    return (
        rng.normal(size=(steps, batch, features)),
        scale * rng.normal(size=(features, 4 * hidden)),
        scale * rng.normal(size=(hidden, 4 * hidden)),
        scale * rng.normal(size=4 * hidden),
    )


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def run(sequence, input_weights, hidden_weights, bias):
    batch, hidden = sequence.shape[1], len(hidden_weights)
    h, c = np.zeros((2, batch, hidden))
    outputs = np.empty((len(sequence), batch, hidden))
    for t, x in enumerate(sequence):
        gates = x @ input_weights + h @ hidden_weights + bias
        take, forget, give = np.split(sigmoid(gates[:, : 3 * hidden]), 3, axis=1)
        c = forget * c + take * np.tanh(gates[:, 3 * hidden :])
        h = give * np.tanh(c)
        outputs[t] = h
    return outputs, c
