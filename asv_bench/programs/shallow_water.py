"""Waves in a shallow basin: the equations of shallow water on a staggered grid, with friction and rotation."""

import numpy as np

SIZES = {"XS": (6, 4), "S": (10, 1700), "M": (150, 420), "L": (1000, 32)}


def setup(size):
    n, steps = size
    x, y = np.meshgrid(np.linspace(-1.0, 1.0, n), np.linspace(-1.0, 1.0, n))
    depth = 10.0 + np.random.default_rng(0).random((n, n))
    return np.exp(-20.0 * (x**2 + y**2)), depth, steps


def run(start, depth, steps, gravity=9.81, dt=0.02, friction=0.01, rotation=0.1):
    height = start.copy()
    u, v = np.zeros((2, *height.shape))
    energy = []
    for _ in range(steps):
        u[:, :-1] -= dt * gravity * (height[:, 1:] - height[:, :-1])
        v[:-1] -= dt * gravity * (height[1:] - height[:-1])
        u, v = u + dt * (rotation * v - friction * u), v - dt * (rotation * u + friction * v)
        u[:, -1] = 0.0
        v[-1] = 0.0
        flow_x, flow_y = depth * u, depth * v
        height[:, 1:] -= dt * (flow_x[:, 1:] - flow_x[:, :-1])
        height[:, 0] -= dt * flow_x[:, 0]
        height[1:] -= dt * (flow_y[1:] - flow_y[:-1])
        height[0] -= dt * flow_y[0]
        energy.append(0.5 * (gravity * height**2 + depth * (u**2 + v**2)).mean())
    return height, u, v, np.array(energy)
