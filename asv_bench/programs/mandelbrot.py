"""The Mandelbrot set: how many steps each point of the plane stays bounded."""

import numpy as np

SIZES = {"XS": (8, 5), "S": (10, 8600), "M": (160, 1500), "L": (1000, 110)}


def setup(size):
    n, steps = size
    return np.linspace(-2.0, 0.6, n) + 1j * np.linspace(-1.3, 1.3, n)[:, np.newaxis], steps


def run(c, steps):
    z = np.zeros_like(c)
    lasted = np.zeros(c.shape, np.int32)
    inside = np.ones(c.shape, bool)
    for _ in range(steps):
        z[inside] = z[inside] ** 2 + c[inside]
        inside &= z.real**2 + z.imag**2 <= 4.0
        lasted += inside
    return lasted
