"""The examples of the docstrings, of README.md and of docs/ run, and print what they say."""

import doctest
import importlib
import re

import numpy_par as npp
import pytest
from support import ROOT, run_python

MODULES = ("numpy_par", *(f"numpy_par.{name}" for name in "_arena _config _counting _drop_in _explain _functions _grouping _order _order_statistics _parallelize _profile _searches _selections _sets _sliding _statistics _sums _threads linalg memory strings".split()))
README = ROOT / "README.md"
PAGES = [README, *sorted((README.parent / "docs").glob("*.md"))]


@pytest.mark.parametrize("name", MODULES)
def test_docstrings(name, cost_model):
    module = importlib.import_module(name)
    # not those of NumPy's functions and ufuncs, which are NumPy's to test
    own = [f for f in doctest.DocTestFinder(exclude_empty=True).find(module, name) if f.examples and "numpy_par" in f.docstring]
    assert own, f"{name} has no example"
    for test in own:
        failed, tried = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test)
        assert not failed and tried, test.name


def test_every_public_function_has_an_example():
    ours = [name for name in npp.__all__ if getattr(getattr(npp, name), "__module__", "").startswith("numpy_par._")]
    assert set(ours) >= {"explain", "parallelize", "set_num_threads", "threads", "show_config"}
    for name in set(ours) - {"Explanation", "Row"}:
        assert ">>>" in getattr(npp, name).__doc__, name


def python_of(page):
    """Return all Python of a page, in one piece."""
    return "\n".join(re.findall(r"^```python\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL))


@pytest.mark.parametrize("page", [page for page in PAGES if python_of(page)], ids=lambda page: page.stem)
def test_pages(page):
    """The Python of each page is a program; what a comment says after print(...) is what it prints."""
    for module in ("scipy", "pandas", "dask", "threadpoolctl"):
        pytest.importorskip(module)
    code = python_of(page)
    said = re.findall(r"^\s*print\(.*\)\s+# (True|False|\d+)$", code, re.MULTILINE)
    printed = run_python(code, timeout=120, env={"NUMPY_PAR_MIN_ELEMENTS": ""}).splitlines()
    assert said or page != README
    assert [line for line in printed if re.fullmatch(r"True|False|\d+", line)] == said, printed


def test_links():
    """Every link between the pages, and to files, leads somewhere."""
    links = [(page, link) for page in PAGES for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())]
    assert len(links) > 20
    for page, link in links:
        assert (page.parent / link).exists(), (page.name, link)


def test_reasons():
    """Each reason that a page quotes is one of reasons.def, as a whole or up to its dots."""
    rows = re.findall(r'^REASON\(\w+,\s*((?:"[^"]*"\s*)+)\)', (README.parent / "src/reasons/reasons.def").read_text(), re.MULTILINE)
    reasons = ["".join(re.findall(r'"([^"]*)"', row)) for row in rows]
    assert len(reasons) > 140 and len(set(reasons)) == len(reasons)
    quoted = [reason for page in PAGES for row in re.findall(r"^\|.*by NumPy.*\|(.*)\|$|^\|.*on the calling thread.*\|(.*)\|$", page.read_text(), re.MULTILINE) for cell in row for reason in re.findall(r"`([^`]+)`", cell)]
    assert len(quoted) > 20
    for reason in quoted:
        text = reason.removesuffix("...").rstrip()
        assert any(known == text or (reason.endswith("...") and known.startswith(text)) for known in reasons), reason


def test_drop_in_lists_every_hook():
    """The table of what goes through the engine is functions.def."""
    rows = re.findall(r"^FUNCTION\((\w+), (\w+), .*, (?:HOOKED|BOTH)\)$", (README.parent / "src/engine/functions.def").read_text(), re.MULTILINE)
    page = (README.parent / "docs/drop_in.md").read_text()
    for owner, label in (("ufunc", "ufuncs"), ("ndarray", "arrays"), ("function", "`numpy`")):
        (cells,) = re.findall(rf"^\| {label} \|(.*)\|$", page, re.MULTILINE)
        told = set(re.findall(r"`(\w+)`", cells))
        assert told == {name for place, name in rows if place == owner}, owner


def test_readme_is_short():
    assert len(README.read_text().splitlines()) <= 150
