"""Moving means and deviations of a series by running sums, for several windows, and its outliers."""

import numpy as np

SIZES = {"XS": (60, 2), "S": (100, 2700), "M": (30_000, 360), "L": (2_000_000, 17)}


def setup(size):
    points, windows = size
    series = np.random.default_rng(0).normal(size=points).cumsum()
    return series, np.linspace(5, points // 2, windows).astype(int)


def moving(x, window):
    total = np.concatenate(([0.0], x.cumsum()))
    return (total[window:] - total[:-window]) / window


def run(series, windows):
    centred = series - series.mean()
    outliers, roughness = [], []
    for window in windows:
        mean = moving(centred, window)
        variance = np.maximum(moving(centred**2, window) - mean**2, 0.0)
        deviation = np.sqrt(variance) + 1e-6
        score = (centred[window - 1 :] - mean) / deviation
        outliers.append(np.count_nonzero(np.abs(score) > 2.0))
        roughness.append(deviation.mean())
    return np.array(outliers), np.array(roughness), score
