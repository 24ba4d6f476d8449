"""The two real elevation maps of the demo, and a way to make a large map of a small one."""

from typing import NamedTuple

import numpy as np
from matplotlib.cbook import get_sample_data

METRES_PER_DEGREE = 111_195.0  # along a meridian of a sphere of 6371 km


class ElevationMap(NamedTuple):
    """Heights on a grid of longitude and latitude, the first row in the north."""

    height: np.ndarray  # metres
    spacing: tuple  # metres from cell to cell: eastward, northward
    latitude: np.ndarray  # degrees, one for each row
    extent: tuple  # kilometres, for drawing: west, east, south, north
    credit: str


def mountains():
    """Return the ridges along the Jacksboro fault, Tennessee: land only, 3 arc seconds."""
    file = get_sample_data("jacksboro_fault_dem.npz")
    height = file["elevation"].astype(np.float64)
    latitude = np.linspace(file["ymax"], file["ymin"], len(height))
    return _map(
        height,
        latitude,
        east=float(file["dx"]),
        north=float(file["dy"]),
        credit="Jacksboro fault, Tennessee",
    )


def coast():
    """Return Vancouver Island and the sea around it: land and sea floor, 2 arc minutes."""
    file = get_sample_data("topobathy.npz")
    longitude, latitude = file["longitude"], file["latitude"]
    return _map(
        file["topo"][::-1],  # the file starts in the south
        latitude[::-1],
        east=float(longitude[1] - longitude[0]),
        north=float(latitude[1] - latitude[0]),
        credit="Vancouver Island, British Columbia",
    )


def enlarge(relief, cells):
    """Return `relief` continued by mirror images of itself to about `cells` cells.

    A mirror image meets its original at the same height: unlike a plain repetition it
    makes no cliffs, so slopes stay those of a real landscape.
    """
    rows, columns = relief.height.shape
    scale = (cells / relief.height.size) ** 0.5
    row = _mirrored(rows, max(3, round(rows * scale)))
    column = _mirrored(columns, max(3, round(columns * scale)))
    return relief._replace(
        height=relief.height[row[:, np.newaxis], column], latitude=relief.latitude[row]
    )


def _mirrored(length, count):
    """Return the first `count` of the indices 0, 1, … length-1, … 1, 0, 1, …"""
    period = 2 * (length - 1)
    index = np.arange(count) % period
    return np.minimum(index, period - index)


def _map(height, latitude, east, north, credit):
    """Turn steps in degrees into metres: meridians draw together towards the pole."""
    spacing = (
        METRES_PER_DEGREE * east * float(np.cos(np.radians(latitude.mean()))),
        METRES_PER_DEGREE * north,
    )
    rows, columns = height.shape
    extent = (0, columns * spacing[0] / 1000, 0, rows * spacing[1] / 1000)
    return ElevationMap(height, spacing, latitude, extent, credit)
