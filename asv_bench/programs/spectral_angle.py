"""Materials in a hyperspectral image: the known spectrum at the smallest angle to that of each pixel."""

import numpy as np

SIZES = {"XS": (4, 4, 6, 3, 1), "S": (4, 4, 8, 8, 500), "M": (30, 30, 40, 8, 200), "L": (200, 200, 60, 24, 6)}


def setup(size):
    height, width, bands, materials, images = size
    rng = np.random.default_rng(0)
    return rng.uniform(0.1, 1.0, (images, height, width, bands)), rng.uniform(0.1, 1.0, (materials, bands))


def classify(cube, spectra):
    lengths = np.sqrt((cube**2).sum(axis=2))
    best = np.zeros(lengths.shape, int)
    smallest = np.full(lengths.shape, np.pi)
    for number, spectrum in enumerate(spectra):
        cosine = (cube * spectrum).sum(axis=2) / (lengths * np.sqrt((spectrum**2).sum()))
        angle = np.arccos(np.clip(cosine, -1.0, 1.0))
        best = np.where(angle < smallest, number, best)
        smallest = np.minimum(smallest, angle)
    return best, smallest


def run(images, spectra):
    best, smallest = zip(*(classify(cube, spectra) for cube in images))
    return np.stack(best), np.stack(smallest)
