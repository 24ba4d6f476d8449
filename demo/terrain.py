"""Analyse a mountain landscape and a coast with NumPy and with numpy_par, and race the two.

The maps are real, continued by mirror images to tens of millions of cells: slope, aspect,
hillshade and a few statistics of the mountains, land and sea of the coast. Each step runs with
both in turn, the answers are compared bit for bit, and a picture is drawn.
"""

import argparse
import os
import resource
import sys
import time
from pathlib import Path

import numpy as np

import numpy_par as npp

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))  # Python leaves this out where PYTHONSAFEPATH is set

try:
    import analysis
    import data
    import figure
except ModuleNotFoundError as error:
    if error.name != "matplotlib":
        raise
    sys.exit("The demo takes its maps from Matplotlib and draws with it: pip install matplotlib")
from race import Progress, Result, race, race_pool


def main():
    """Run the demo; return 0 if every answer was the same, else 1."""
    begin = time.perf_counter()
    options = parse()
    if options.threads:
        npp.set_num_threads(options.threads)
    # Every bit is compared: only kernels with NumPy's own take part.
    npp.set_precision("exact")
    print_machine()
    results, findings = analyse(options.cells, options.rounds)
    print_findings(*findings)
    seconds = time.perf_counter() - begin
    # Counted in kilobytes on Linux, in bytes on macOS.
    unit = 1 if sys.platform == "darwin" else 1024
    peak = unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"\nThe race took {seconds:.0f} s and at most {peak / 1e9:.1f} GB of memory.")
    figure.draw(results, findings, machine(), options.cells, options.output)
    print(f"Picture: {options.output}")
    if all(result.identical for result in results):
        print("Every answer of numpy_par is NumPy's, bit for bit.")
        return 0
    print("ANSWERS DIFFER: " + ", ".join(r.step for r in results[:-1] if not r.identical))
    return 1


def parse():
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--cells", type=float, help="cells of each map (default 50e6)")
    parser.add_argument("--rounds", type=int, help="runs of each step (default 3)")
    parser.add_argument("--threads", type=int, help="threads of numpy_par (default: its own)")
    parser.add_argument("--output", type=Path, default=HERE / "terrain.png", help="the picture")
    parser.add_argument("--quick", action="store_true", help="2e6 cells, 2 rounds by default")
    options = parser.parse_args()
    if options.cells is None:
        options.cells = 2e6 if options.quick else 50e6
    if options.rounds is None:
        options.rounds = 2 if options.quick else 3
    if options.cells < 1e4 or options.rounds < 1:
        parser.error("at least 1e4 cells and 1 round")
    return options


def analyse(cells, rounds):
    """Race every step on maps of `cells` cells.

    Each map is dropped as soon as nobody needs it: an array of 50 million numbers takes
    0.4 GB, and NumPy's expressions hold several of them at a time.

    Returns
    -------
    results : list of race.Result
        One for each step, and one for all of them together.
    findings : tuple of dict
        What the analysis says about the mountains and about the coast.
    """
    results = []
    progress = Progress(total=2 * 6 * rounds)

    def run(step, function):
        result, answer = race(step, function, rounds, progress)
        results.append(result)
        progress.line(row(result))
        return answer

    relief = data.enlarge(data.mountains(), cells)
    print(
        f"\nTwo maps, each continued to {relief.height.size / 1e6:.1f} million cells, "
        f"best of {rounds}, NumPy and numpy_par in turn:\n"
    )
    progress.line(f"{'':12}{'NumPy':>10}{'numpy_par':>12}{'speed-up':>10}   same bits")
    rise = run("gradient", lambda xp: analysis.gradient(relief.height, relief.spacing, xp))
    pool = race_pool(lambda: analysis.gradient(relief.height, relief.spacing, npp), rounds)
    relief = None
    run("hillshade", lambda xp: analysis.hillshade(*rise, xp))
    slope = run("slope", lambda xp: analysis.slope(*rise, xp))
    aspect = run("aspect", lambda xp: analysis.aspect(*rise, xp))
    explanation = npp.explain(npp.hypot, *rise)
    rise = None
    land = run("statistics", lambda xp: analysis.summary(slope, aspect, xp))
    slope = aspect = None
    relief = data.enlarge(data.coast(), cells)
    sea = run("coast", lambda xp: analysis.hypsometry(relief.height, relief.latitude, xp))
    total = Result(
        "all",
        sum(r.numpy for r in results),
        sum(r.numpy_par for r in results),
        all(r.identical for r in results),
    )
    progress.line(row(total))
    print(
        f"\nThe gradient once more, with the pool of npp.memory.use_pool(): {pool.seconds:.3f} s in "
        f"place of {pool.without:.3f} s, {pool.without / pool.seconds:.2f}×, as the system need not "
        f"clear {pool.nbytes / 1e9:.1f} GB of fresh memory."
    )
    print(f"\nWhy? npp.explain(npp.hypot, east, north) says:\n{explanation}")
    return [*results, total], (land, sea)


def row(result):
    """Return one line of the table."""
    return (
        f"{result.step:12}{result.numpy:8.3f} s{result.numpy_par:10.3f} s"
        f"{result.speedup:9.2f}×   {'yes' if result.identical else 'NO'}"
    )


def print_findings(land, sea):
    """Print what the analysis found out."""
    facing = ", ".join(
        f"{point} {share:.1%}" for point, share in zip(analysis.COMPASS, land["facing"])
    )
    print(
        f"\nMountains: mean slope {land['mean slope']:.1f}°, {land['steep']:.1%} steeper than "
        f"{analysis.STEEP:.0f}°; they face {facing}.\n"
        f"Coast: {sea['land']:.1%} land, {sea['mean height']:.0f} m high on the mean; the sea "
        f"{sea['mean depth']:.0f} m deep, {sea['photic']:.1%} of its floor in the light."
    )


def machine():
    """Return what the figures depend on, as a dict of short texts."""
    cpu = npp.show_config(mode="dicts")["cpu"]
    # What this process may use can be less than what the machine has.
    mine = getattr(os, "sched_getaffinity", lambda _: range(os.cpu_count()))
    return {
        "CPU": f"{cpu['name']}, {cpu['simd']}",
        "cores": str(len(mine(0))),
        "threads": str(npp.get_num_threads()),
        "NumPy": np.__version__,
        "numpy_par": npp.__version__,
    }


def print_machine():
    """Print what the figures depend on."""
    print(", ".join(f"{name} {value}" for name, value in machine().items()))


if __name__ == "__main__":
    sys.exit(main())
