"""Distances between places on the earth by the haversine formula, bearings, and the nearest of each."""

import numpy as np

SIZES = {"XS": (5, 6, 1), "S": (10, 10, 1000), "M": (100, 200, 86), "L": (1000, 1500, 6)}


def setup(size):
    cities, places, groups = size
    rng = np.random.default_rng(0)
    low, high = np.array([-80.0, -180.0]), np.array([80.0, 180.0])
    return rng.uniform(low, high, (cities, 2)), rng.uniform(low, high, (groups, places, 2))


def compare(cities, places):
    lat1, lon1 = np.radians(cities).T[:, :, np.newaxis]
    lat2, lon2 = np.radians(places).T[:, np.newaxis, :]
    half = np.sin((lat2 - lat1) / 2.0) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2.0) ** 2
    distance = 2.0 * 6371.0 * np.arcsin(np.sqrt(half))
    east = np.sin(lon2 - lon1) * np.cos(lat2)
    north = np.cos(lat1) * np.sin(lat2) - np.sin(lat1) * np.cos(lat2) * np.cos(lon2 - lon1)
    bearing = np.degrees(np.arctan2(east, north)) % 360.0
    nearest = distance.argmin(axis=0)
    own = nearest, np.arange(distance.shape[1])
    return nearest, distance[own], bearing[own], distance.mean(axis=0)


def run(cities, groups):
    return tuple(np.stack(parts) for parts in zip(*(compare(cities, places) for places in groups)))
