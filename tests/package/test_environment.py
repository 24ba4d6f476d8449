"""What control groups allow, read from files made up for the purpose."""

import math

import pytest
from numpy_par import _environment, memory


def tree(root, **files):
    for name, text in files.items():
        path = root.joinpath(*name.split("__"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_name(path.name.replace("_", ".", 1)).write_text(text)
    return str(root)


CPUS = {
    "v2": ({"a__b__cpu_max": "150000 100000\n"}, "0::/a/b\n", 1.5),
    "v2, the tightest of the path": ({"a__cpu_max": "200000 100000", "a__b__cpu_max": "800000 100000"}, "0::/a/b\n", 2.0),
    "v2, tightest inside": ({"a__cpu_max": "900000 100000", "a__b__cpu_max": "50000 100000"}, "0::/a/b\n", 0.5),
    "v2, no limit inside a limit": ({"a__cpu_max": "300000 100000", "a__b__cpu_max": "max 100000"}, "0::/a/b\n", 3.0),
    "v2, no limit": ({"a__cpu_max": "max 100000"}, "0::/a\n", None),
    "v2, seen as root in a container": ({"cpu_max": "250000 100000"}, "0::/\n", 2.5),
    "v2, another group's": ({"b__cpu_max": "100000 100000"}, "0::/a\n", None),
    "v1": ({"cpu__x__cpu_cfs_quota_us": "400000", "cpu__x__cpu_cfs_period_us": "100000"}, "5:cpu:/x\n", 4.0),
    "v1, two controllers": (
        {"cpu,cpuacct__x__cpu_cfs_quota_us": "50000", "cpu,cpuacct__x__cpu_cfs_period_us": "100000"},
        "9:memory:/y\n5:cpu,cpuacct:/x\n0::/\n",
        0.5,
    ),
    "v1, no limit": ({"cpu__x__cpu_cfs_quota_us": "-1", "cpu__x__cpu_cfs_period_us": "100000"}, "5:cpu:/x\n", None),
    "v1, the parent's": (
        {"cpu__x__cpu_cfs_quota_us": "100000", "cpu__x__cpu_cfs_period_us": "100000", "cpu__x__y__cpu_cfs_quota_us": "-1"},
        "5:cpu:/x/y\n",
        1.0,
    ),
    "garbage": ({"a__cpu_max": "much of it\n"}, "0::/a\n", None),
    "empty": ({"a__cpu_max": ""}, "0::/a\n", None),
    "no period": ({"a__cpu_max": "100000 0"}, "0::/a\n", None),
    "no cgroups": ({}, "", None),
}


@pytest.mark.parametrize("name", CPUS)
def test_cgroup_quota(name, tmp_path):
    files, text, want = CPUS[name]
    got = _environment.cgroup_cpus(tree(tmp_path, **files), text)
    assert got == want if want is None else math.isclose(got, want)


def test_the_quota_of_this_process_can_be_read():
    quota = _environment.cgroup_cpus()
    assert quota is None or quota > 0


MEMORY = {
    "v2": ({"a__memory_max": "1048576\n"}, "0::/a\n", 1 << 20),
    "v2, throttled before": ({"a__memory_max": "4096", "a__memory_high": "2048"}, "0::/a\n", 2048),
    "v2, the tightest of the path": ({"a__memory_max": "1000", "a__b__memory_max": "max"}, "0::/a/b\n", 1000),
    "v2, no limit": ({"a__memory_max": "max", "a__memory_high": "max"}, "0::/a\n", None),
    "v1": ({"memory__x__memory_limit_in_bytes": "8192"}, "3:memory:/x\n", 8192),
    "v1, no limit": ({"memory__x__memory_limit_in_bytes": str((1 << 63) - 4096)}, "3:memory:/x\n", None),
    "garbage": ({"a__memory_max": "all of it"}, "0::/a\n", None),
    "no cgroups": ({}, "", None),
}


@pytest.mark.parametrize("name", MEMORY)
def test_cgroup_memory(name, tmp_path):
    files, text, want = MEMORY[name]
    assert _environment.cgroup_memory(tree(tmp_path, **files), text) == want


def test_the_memory_of_this_process():
    assert 1 << 20 < memory.memory_allowed() < 1 << 50
