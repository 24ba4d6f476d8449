"""Grey images whose histograms are equalised, with the entropy before and after."""

import numpy as np

SIZES = {"XS": (1, 8), "S": (1500, 12), "M": (550, 200), "L": (30, 2000)}


def setup(size):
    images, n = size
    grey = np.random.default_rng(0).normal(100.0, 20.0, (n, n))
    return ([(share * grey).clip(0, 255).astype(np.uint8) for share in np.linspace(0.5, 1.5, images)],)


def entropy(counts):
    shares = counts[counts > 0] / counts.sum()
    return -(shares * np.log2(shares)).sum()


def equalise(image):
    counts = np.bincount(image.ravel(), minlength=256)
    cumulated = counts.cumsum()
    least = cumulated[cumulated > 0].min()
    levels = np.round(255.0 * (cumulated - least) / max(image.size - least, 1))
    equal = levels.clip(0, 255).astype(np.uint8)[image]
    return equal, (entropy(counts), entropy(np.bincount(equal.ravel(), minlength=256)))


def run(images):
    equal, entropies = zip(*(equalise(image) for image in images))
    return np.stack(equal), np.array(entropies)
