"""The lengths of the shortest paths between all nodes of graphs: Floyd and Warshall's algorithm."""

import numpy as np

SIZES = {"XS": (1, 10), "S": (2100, 10), "M": (54, 150), "L": (1, 1000)}


def setup(size):
    graphs, n = size
    rng = np.random.default_rng(0)
    weights = rng.uniform(1.0, 10.0, (graphs, n, n)).astype(np.float32)
    weights[rng.random(weights.shape) > 0.3] = np.inf
    weights[:, np.arange(n), np.arange(n)] = 0.0
    return (weights,)


def run(weights):
    lengths = weights.copy()
    for d in lengths:
        for k in range(len(d)):
            np.minimum(d, np.add.outer(d[:, k], d[k, :]), out=d)
    return lengths
