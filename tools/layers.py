"""Check that each file of src/ includes only its own folder and those below it, as ARCHITECTURE.md has them.

    python tools/layers.py

The table under "Layers" there begins with the top one; folders of one row do not know each other.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROW = re.compile(r"^\| ((?:`[a-z]+/`(?:, )?)+) \|", re.MULTILINE)
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)


def main():
    """Print each include that leads upwards or sideways; the exit code tells whether there is one."""
    layers = read_layers((ROOT / "ARCHITECTURE.md").read_text())
    src = ROOT / "src"
    folders = {path.name for path in src.iterdir() if path.is_dir() and any(path.iterdir())}
    wrong = [f"src/{folder}/ has no row in the table of layers" for folder in folders - layers.keys()]
    wrong += [f"src/{path.name}: files lie in the folder of a layer" for path in src.glob("*.[ch]")]
    for path in sorted(src.rglob("*.[ch]")):
        wrong += check(path.relative_to(src), path.read_text(), layers, src)
    print("\n".join(wrong) or f"layers: {len(folders)} folders, each includes only those below it")
    return 1 if wrong else 0


def read_layers(text):
    """Return the height of each folder in the table."""
    section = text.split("## Layers", 1)[1].split("\n## ", 1)[0]
    rows = [re.findall(r"[a-z]+", row) for row in ROW.findall(section)]
    return {folder: len(rows) - i for i, row in enumerate(rows) for folder in row}


def check(path, text, layers, src):
    """Return what is wrong with the includes of one file."""
    own = path.parts[0]
    wrong = []
    for name in INCLUDE.findall(text):
        if (src / path.parent / name).exists():
            continue
        other = Path(name).parts[0]
        if not (src / name).exists():
            wrong.append(f"src/{path}: {name} does not exist")
        elif layers.get(own, 0) <= layers.get(other, 0):
            wrong.append(f"src/{path} includes {name}: {own}/ is not above {other}/")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
