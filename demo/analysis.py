"""What is asked of an elevation map, written once for NumPy and for numpy_par.

Every function takes the namespace `xp` it computes with, `numpy` or `numpy_par`, and asks it
for each elementwise operation by name. Means and counts are NumPy's in both cases.
"""

import numpy as np

STEEP = 15.0  # degrees
COMPASS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
LIGHTS = ((315.0, 40.0, 0.7), (225.0, 60.0, 0.3))  # azimuth, altitude in degrees; weight
CLARITY = 0.1  # 1/m: how fast coastal water swallows light
PHOTIC = 0.01  # plants live where this share of the light is left


def gradient(height, spacing, xp):
    """Return the rise eastward and northward, metres per metre, by Horn's 3 × 3 method.

    Each is a central difference, averaged over three neighbouring rows or columns with the
    weights 1, 2, 1. The outermost cells have too few neighbours and are left out.
    """
    east = xp.subtract(height[:, 2:], height[:, :-2])
    east = weigh(east[:-2], east[1:-1], east[2:], 8 * spacing[0], xp)
    north = xp.subtract(height[:-2], height[2:])
    north = weigh(north[:, :-2], north[:, 1:-1], north[:, 2:], 8 * spacing[1], xp)
    return east, north


def weigh(before, here, after, divisor, xp):
    """Return (before + 2 here + after) / divisor."""
    total = xp.add(before, after)
    xp.add(total, xp.multiply(2.0, here), out=total)
    return xp.divide(total, divisor, out=total)


def slope(east, north, xp):
    """Return the steepest slope in degrees."""
    return xp.degrees(xp.arctan(xp.hypot(east, north)))


def aspect(east, north, xp):
    """Return the compass bearing a slope faces, in degrees; level ground faces nowhere: NaN."""
    bearing = xp.degrees(xp.arctan2(xp.negative(east), xp.negative(north)))
    bearing = xp.remainder(bearing, 360.0)
    level = xp.logical_and(xp.equal(east, 0.0), xp.equal(north, 0.0))
    np.copyto(bearing, np.nan, where=level)
    return bearing


def hillshade(east, north, xp):
    """Return the light, 0 to 1, that a matt surface throws back under `LIGHTS`."""
    steepness = xp.sqrt(xp.add(xp.add(xp.square(east), xp.square(north)), 1.0))
    shade = 0.0
    for azimuth, altitude, weight in LIGHTS:
        lit = facing(east, north, steepness, np.radians(azimuth), np.radians(altitude), xp)
        shade = xp.add(shade, xp.multiply(weight, lit, out=lit))
    return shade


def facing(east, north, steepness, azimuth, altitude, xp):
    """Return the cosine of the angle between a light and the upright of the surface.

    What is turned away from the light is dark, not darker than dark: 0.
    """
    across = xp.multiply(np.sin(azimuth) * np.cos(altitude), east)
    along = xp.multiply(np.cos(azimuth) * np.cos(altitude), north)
    cosine = xp.subtract(np.sin(altitude), xp.add(across, along, out=across))
    return xp.maximum(xp.divide(cosine, steepness, out=cosine), 0.0, out=cosine)


def summary(slope, aspect, xp):
    """Return mean slope, share of steep ground, and the share that faces each compass point."""
    sector = xp.remainder(xp.rint(xp.divide(aspect, 45.0)), 8.0)
    counts = [np.count_nonzero(xp.equal(sector, point)) for point in range(8)]
    return {
        "mean slope": float(slope.mean()),
        "steep": np.count_nonzero(xp.greater(slope, STEEP)) / slope.size,
        "facing": [count / aspect.size for count in counts],
    }


def hypsometry(height, latitude, xp):
    """Return how land and sea share the area, how high and how deep they are on the mean.

    A cell of the grid shrinks with the cosine of its latitude, so each row has a weight.
    Light fades exponentially with depth: what reaches the sea floor says where plants grow.
    """
    weight = xp.cos(xp.radians(latitude))[:, np.newaxis]
    total = weight.sum(dtype=np.float64) * height.shape[1]
    sea = xp.less_equal(height, 0.0)
    sea_area = xp.multiply(sea, weight).sum(dtype=np.float64)
    elevation = xp.maximum(height, 0.0)
    depth = xp.maximum(xp.negative(height), 0.0)
    light = xp.exp(xp.multiply(depth, -CLARITY))
    photic = xp.logical_and(sea, xp.greater(light, PHOTIC))
    volume = xp.multiply(depth, weight).sum(dtype=np.float64)
    return {
        "land": float(1 - sea_area / total),
        "mean height": float(
            xp.multiply(elevation, weight).sum(dtype=np.float64) / (total - sea_area)
        ),
        "mean depth": float(volume / sea_area),
        "photic": float(xp.multiply(photic, weight).sum(dtype=np.float64) / sea_area),
    }
