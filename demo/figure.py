"""The picture of the demo: the two maps as they are, before they are enlarged, and the race."""

import matplotlib

matplotlib.use("Agg")  # a file, no window

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import FuncNorm, LinearSegmentedColormap, Normalize, to_rgb

import analysis
import data

PAPER, INK, FAINT = "#faf8f4", "#26282b", "#74777b"
SLOW, FAST = "#c9c4b8", "#c8502f"
EXAGGERATION = 2.5  # of the heights: on so gentle slopes the light would show little
LAND = LinearSegmentedColormap.from_list(
    "land", ["#47785a", "#7fa36d", "#c3c18a", "#dcb878", "#c08f5f", "#9a7058", "#d8c3b0"]
)
SEA_AND_LAND = LinearSegmentedColormap.from_list(
    "sea and land",  # the sea level is in the middle
    [(0, "#08203e"), (0.2, "#124a80"), (0.4, "#4c9bc8"), (0.4999, "#cfe9f0")]
    + [(0.5, "#47785a"), (0.65, "#a9b983"), (0.8, "#d3a86f"), (0.92, "#9a7058"), (1, "#efe6dc")],
)
# Opposite bearings get opposite colours, and north-west, where the light comes from, a pale one.
BEARING = LinearSegmentedColormap.from_list(
    "bearing",
    ["#5fb7c4", "#8c9ad6", "#6a4c93", "#52294f"]  # north to south-east
    + ["#9a2f4b", "#d9593d", "#f2b554", "#d9dfa0", "#5fb7c4"],  # south and back to north
)
STYLE = {
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": FAINT,
    "axes.linewidth": 0.6,
    "axes.titlelocation": "left",
    "axes.titlesize": 11.5,
    "axes.titleweight": "bold",
    "axes.titlepad": 8,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
}


def draw(results, findings, machine, cells, path):
    """Draw the maps, the findings and the race into the file `path`.

    Parameters
    ----------
    results : list of race.Result
        The steps; the last is all of them together.
    findings : tuple of dict
        What the analysis says about the mountains and about the coast.
    machine : dict
        What the times depend on.
    cells : float
        Size of the enlarged maps.
    path : path-like
        The PNG file to write.
    """
    mountains, coast = data.mountains(), data.coast()
    rise = analysis.gradient(mountains.height, mountains.spacing, np)
    slope, aspect = analysis.slope(*rise, np), analysis.aspect(*rise, np)
    facing = analysis.summary(slope, aspect, np)["facing"]
    with plt.rc_context(STYLE):
        page = plt.figure(figsize=(17, 9.6))
        draw_relief(page.add_axes((0.035, 0.085, 0.425, 0.765), anchor="SW"), mountains, rise)
        draw_slope(page.add_axes((0.508, 0.505, 0.2, 0.345), anchor="NW"), mountains, slope)
        map_axes = page.add_axes((0.738, 0.505, 0.2, 0.345), anchor="NW")
        draw_aspect(map_axes, mountains, aspect, slope, facing)
        draw_coast(page.add_axes((0.508, 0.095, 0.2, 0.325), anchor="NW"), coast, findings[1])
        draw_race(page.add_axes((0.782, 0.085, 0.203, 0.335)), results[:-1])
        write(page, results[-1], machine, cells, (mountains.credit, coast.credit))
        page.savefig(path, dpi=130)
        plt.close(page)


def write(page, total, machine, cells, credits):
    """Write the headline and the small print."""
    outcome = "the same bits" if total.identical else "BUT THE ANSWERS DIFFER"
    page.text(0.035, 0.947, "A landscape on every core", fontsize=25, weight="bold", va="center")
    page.text(
        0.035,
        0.903,
        f"Both maps continued to {cells / 1e6:.0f} million cells each: {total.numpy:.1f} s with "
        f"NumPy, {total.numpy_par:.1f} s with numpy_par, {outcome}",
        fontsize=13,
        color=FAINT,
        va="center",
    )
    page.text(
        0.035,
        0.022,
        ", ".join(f"{name} {value}" for name, value in machine.items())
        + f".   Elevations: {credits[0]}, and {credits[1]}: "
        "sample data distributed with Matplotlib.",
        color=FAINT,
        fontsize=8,
    )


def draw_relief(axes, relief, rise):
    """Draw the mountains as seen from above: colour is height, light is shape."""
    light = analysis.hillshade(*(EXAGGERATION * part for part in rise), np)
    height = relief.height[1:-1, 1:-1]
    scale = Normalize(height.min(), np.percentile(height, 99.8))
    colour = LAND(scale(height))[..., :3]
    # Level ground keeps its colour; what is turned to the light gets brighter than that.
    level = analysis.hillshade(np.zeros(1), np.zeros(1), np)
    lit = colour * (0.3 + 0.7 * light / level)[..., np.newaxis]
    axes.imshow(lit.clip(0, 1), extent=relief.extent, interpolation="bicubic")
    axes.set_title(f"{relief.credit}: elevation, lit from north-west and south-west")
    kilometres(axes)
    legend(axes, plt.cm.ScalarMappable(scale, LAND), "m")


def draw_slope(axes, relief, slope):
    """Draw how steep it is."""
    scale = Normalize(0, np.percentile(slope, 99.7))
    image = axes.imshow(slope, "magma_r", scale, extent=relief.extent)
    axes.set_title("Slope")
    kilometres(axes)
    legend(axes, image, "degrees")


def draw_aspect(axes, relief, aspect, slope, facing):
    """Draw which way slopes face, fading where it is level; the legend is a compass rose."""
    strength = np.clip(slope / 8, 0.1, 1)[..., np.newaxis]
    bearing = BEARING(np.nan_to_num(aspect) / 360)[..., :3]
    paper = np.array(to_rgb(PAPER))
    axes.imshow(paper + strength * (bearing - paper), extent=relief.extent)
    axes.set_title("Aspect, and how much land faces where")
    kilometres(axes)
    rose = axes.inset_axes((1.085, 0.64, 0.25, 0.3), projection="polar")
    rose.set_theta_zero_location("N")
    rose.set_theta_direction(-1)
    angles = np.arange(8) / 8
    turn = 2 * np.pi
    rose.bar(turn * angles, facing, turn / 8, color=BEARING(angles), edgecolor=PAPER)
    rose.set_xticks(turn * angles[::2], analysis.COMPASS[::2], fontsize=8)
    rose.tick_params(pad=-5)
    rose.set_yticks([])
    rose.spines["polar"].set_visible(False)
    rose.grid(visible=False)


def draw_coast(axes, relief, sea):
    """Draw land and sea floor, and say what was found out about them."""
    # Most of the sea is shallow and most of the land low: the root gives them more colours.
    top = max(-relief.height.min(), relief.height.max())
    root = (lambda h: np.sign(h) * np.sqrt(np.abs(h)), lambda r: r * np.abs(r))
    scale = FuncNorm(root, -top, top)
    image = axes.imshow(
        relief.height, SEA_AND_LAND, scale, extent=relief.extent, interpolation="bicubic"
    )
    axes.set_title(relief.credit)
    kilometres(axes)
    legend(axes, image, "m").set_yticks([-1500, -500, -100, 0, 100, 500, 1500])
    axes.text(
        0,
        -0.2,
        f"Land {sea['land']:.0%}, on the mean {sea['mean height']:.0f} m high; "
        f"sea {sea['mean depth']:.0f} m deep.\n"
        f"Light enough for plants on {sea['photic']:.0%} of the sea floor.",
        transform=axes.transAxes,
        va="top",
        linespacing=1.5,
    )


def draw_race(axes, steps):
    """Draw the time of each step, and how many times faster numpy_par was."""
    place = np.arange(len(steps))[::-1]
    for offset, name, colour in ((0.19, "numpy", SLOW), (-0.19, "numpy_par", FAST)):
        axes.barh(place + offset, [getattr(s, name) for s in steps], 0.36, color=colour)
    for y, step in zip(place, steps):
        longest = max(step.numpy, step.numpy_par)
        axes.annotate(
            f"{step.speedup:.1f}×", (longest, y), (5, 0), textcoords="offset points",
            va="center", weight="bold", color=FAST,
        )
    axes.margins(x=0.16)
    axes.set_yticks(place, [s.step for s in steps], color=INK)
    axes.set_title("Seconds")
    for x, name, colour in ((0.83, "numpy_par", FAST), (1, "NumPy", FAINT)):
        axes.text(
            x, 1.035, name, color=colour, weight="bold", ha="right", transform=axes.transAxes
        )
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(length=0)



def kilometres(axes):
    """Label both axes of a map."""
    axes.set_xlabel("km", labelpad=1)
    axes.tick_params(length=2)


def legend(axes, image, unit):
    """Draw the colour scale of a map beside it; return its axes."""
    place = axes.inset_axes((1.015, 0.02, 0.018, 0.96))
    axes.figure.colorbar(image, cax=place)
    place.set_title(unit, fontsize=9, weight="normal", color=FAINT, pad=5)
    place.tick_params(length=2)
    return place
