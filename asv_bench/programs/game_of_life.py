"""Conway's Game of Life on a board with dead edges, and how many cells live after each step."""

import numpy as np

SIZES = {"XS": (8, 3), "S": (12, 4100), "M": (250, 2500), "L": (2000, 170)}


def setup(size):
    n, steps = size
    board = np.random.default_rng(0).random((n, n)) < 0.3
    board[[0, -1]] = board[:, [0, -1]] = False
    return board.astype(np.uint8), steps


def run(board, steps):
    b = board.copy()
    living = []
    for _ in range(steps):
        around = (
            b[:-2, :-2] + b[:-2, 1:-1] + b[:-2, 2:] + b[1:-1, :-2]
            + b[1:-1, 2:] + b[2:, :-2] + b[2:, 1:-1] + b[2:, 2:]
        )
        b[1:-1, 1:-1] = (around == 3) | ((around == 2) & (b[1:-1, 1:-1] == 1))
        living.append(np.count_nonzero(b))
    return b, np.array(living)
