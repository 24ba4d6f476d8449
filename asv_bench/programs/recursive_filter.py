"""An image smoothed by a recursive filter of second order, down its columns and back up, several times."""

import numpy as np

SIZES = {"XS": (8, 8, 1), "S": (12, 12, 800), "M": (250, 250, 83), "L": (2000, 2000, 14)}


def setup(size):
    *shape, passes = size
    return np.random.default_rng(0).random(shape), passes


def smooth(x, out, a1=0.9, a2=-0.2):
    gain = 1.0 - a1 - a2
    out[0] = x[0]
    out[1] = gain * x[1] + (a1 + a2) * out[0]
    for i in range(2, len(x)):
        out[i] = gain * x[i] + a1 * out[i - 1] + a2 * out[i - 2]


def run(image, passes):
    smoothed, down = image.copy(), np.empty_like(image)
    for _ in range(passes):
        smooth(smoothed, down)
        smooth(down[::-1], smoothed[::-1])
    return smoothed
