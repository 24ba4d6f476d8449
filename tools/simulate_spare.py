"""What the policy of src/threads/spare.c gains and loses, by simulation: two CPUs, a caller with a helper, a neighbour.

    python tools/simulate_spare.py [--seconds 30]

The caller has a CPU of its own. The neighbour is on the helper's, some of the time: it comes and
goes at random. While it is there the two have the CPU in turns. A region is done at twice the speed while the
helper runs; a helper that loses its turn stops the caller until it is its turn again, and what it
used is taken from the caller's session (`--private`: is not).

Each row is a share of the time in which the neighbour is there, and how long it stays. Columns are
the speed, against one thread alone, of a team that always calls its helper, of one that follows
the policy, and of one that knows.
"""

import argparse
import random

# As in src/threads/spare.c, in milliseconds.
LOST_MOST, FORGIVEN = 8.0, 1 / 4
PROBE, PROBE_LOST = 6.0, 1.0
WAIT_LEAST, WAIT_MOST, WAIT_FORGOTTEN = 20.0, 1280.0, 3
TURN = 4.0  # of the neighbour, and of the helper beside it
STEP = 0.5


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=30, help="simulated for each row")
    parser.add_argument("--private", action="store_true", help="what a helper uses is not taken from its caller")
    options = parser.parse_args()
    print(f"{'neighbour':>10s} {'stays, ms':>10s} {'always':>8s} {'policy':>8s} {'knows':>8s} {'probes/s':>9s}")
    for share in (0, 0.02, 0.1, 0.5, 0.9, 1):
        for stay in (5, 50, 500, 5000) if 0 < share < 1 else (0,):
            busy = neighbour(share, stay, options.seconds * 1000)
            speeds = [run(busy, policy, options.private) for policy in (Always(), Spare(), Knows())]
            row = " ".join(f"{speed:8.2f}" for speed, _ in speeds)
            print(f"{share:10.0%} {stay:10d} {row} {speeds[1][1] / options.seconds:9.2f}")


def neighbour(share, stay, ms):
    """Return for each step whether the neighbour wants the CPU."""
    r = random.Random(0)
    busy, there, left = [], share == 1, 0.0
    while len(busy) * STEP < ms:
        if 0 < share < 1 and left <= 0:
            there = not there
            left = r.expovariate(1 / (stay if there else stay * (1 - share) / share))
        busy.append(there)
        left -= STEP
    return busy


class Always:
    """Calls its helper whatever happens."""

    probes = 0

    def calls(self, now, busy):
        """Return "helper", "probe" or "alone"."""
        return "helper"

    def saw(self, now, ran):
        """Learn whether the helper ran in a step."""


class Knows(Always):
    """Knows what nobody can."""

    def calls(self, now, busy):
        return "alone" if busy else "helper"


class Spare(Always):
    """The policy."""

    def __init__(self):
        self.open, self.lost, self.wait, self.next, self.gained = True, 0.0, WAIT_LEAST, 0.0, 0.0
        self.probe = None  # [since, lost]

    def calls(self, now, busy):
        if self.open:
            return "helper"
        if self.probe is None and now >= self.next:
            self.probe = [now, 0.0]
            self.probes += 1
        return "probe" if self.probe else "alone"

    def saw(self, now, ran):
        missed = 0 if ran else STEP
        if self.probe:
            self.probe[1] += missed
            if self.probe[1] >= PROBE_LOST:
                self.probe = None
                self.later(now, False)
            elif now - self.probe[0] >= PROBE:
                self.probe, self.open, self.lost, self.gained = None, True, 0.0, now
        elif self.open:
            self.lost = max(0.0, self.lost + missed - STEP * FORGIVEN)
            if self.lost >= LOST_MOST:
                self.open = False
                self.later(now, now - self.gained > WAIT_FORGOTTEN * self.wait)

    def later(self, now, anew):
        """Wait for the next probe."""
        self.wait = WAIT_LEAST if anew else min(WAIT_MOST, 2 * self.wait)
        self.next = now + self.wait


def run(busy, policy, private):
    """Return the speed of a caller, and how many probes there were."""
    done = turn = 0.0
    mine = True  # whose turn it is
    for i, there in enumerate(busy):
        now = i * STEP
        what = policy.calls(now, there)
        turn += STEP
        if turn >= TURN:
            mine, turn = not mine, 0.0
        runs = not there or mine
        taken = STEP if there and runs and not private else 0
        if what == "helper":
            done += 2 * STEP - taken if runs else 0
        else:
            done += STEP - (taken if what == "probe" else 0)
        if what != "alone":
            policy.saw(now, runs)
    return done / (len(busy) * STEP), policy.probes


if __name__ == "__main__":
    main()
