"""Spectra of many signals: the fast Fourier transform, radix two, stage by stage."""

import numpy as np

SIZES = {"XS": (1, 2, 16), "S": (940, 2, 64), "M": (220, 16, 1024), "L": (9, 64, 16_384)}


def setup(size):
    rng = np.random.default_rng(0)
    return (rng.normal(size=size) + 1j * rng.normal(size=size),)


def transform(signals):
    count, n = signals.shape
    y = signals.reshape(count, 1, n)
    while y.shape[2] > 1:
        done, half = y.shape[1], y.shape[2] // 2
        twiddles = np.exp(-1j * np.pi * np.arange(done) / done)
        even, odd = y[:, :, :half], y[:, :, half:] * twiddles[:, np.newaxis]
        y = np.concatenate((even + odd, even - odd), axis=1)
    return y.reshape(count, n)


def run(blocks):
    power = np.zeros(blocks.shape[1:])
    for signals in blocks:
        spectrum = transform(signals)
        power += spectrum.real**2 + spectrum.imag**2
    return power / len(blocks)
