"""Which Python the virtual environment is made with: the fastest of those on PATH. `make` asks, before anything is installed.

A Python that was built without its optimisations (as pyenv builds it unless told otherwise) takes nearly twice as long
for the same code, and nothing tells of it. So each one found runs a small piece of work.
Says the path on standard output, and on standard error why, when there was a choice.
"""

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

# The versions that are tested, the one that the product is made for first.
NAMES = ("python3.11", "python3.12", "python3")
# The first one on PATH is what its owner expects; another one has to be worth it.
WORTH_IT = 0.9
SECONDS = 20.0
# In turn, since a machine is not equally fast from one moment to the next. The least that was seen counts.
ROUNDS = 3
# Calls, attributes, small objects and dicts, as the server's own code. Importing ensurepip tells that it can make an
# environment: Debian has that in a package of its own.
PROBE = """
import ensurepip, sys, time, venv
assert (3, 11) <= sys.version_info[:2] <= (3, 12)

class Point:
    __slots__ = ("x", "y")
    def __init__(self, x, y):
        self.x, self.y = x, y

def sum_of(point):
    return point.x + point.y

def work():
    found = {}
    for number in range(20_000):
        point = Point(number, 2)
        found[number & 255] = sum_of(point)
        pair = [point, (number, 3)]
        found.get(number)
        "%d" % number

def timed():
    begun = time.process_time()
    work()
    return time.process_time() - begun

print(min(timed() for _ in range(25)), sys.executable)
"""


class Found(NamedTuple):
    path: str
    seconds: float


def main() -> int:
    for name in NAMES:
        if tried := tried_out(on_path(name, os.get_exec_path())):
            best = choice(tried)
            print(reason(best, tried), end="", file=sys.stderr)
            print(best.path)
            return 0
    return 1


def on_path(name: str, folders: Iterable[str]) -> Iterator[str]:
    """Each file once, however many links lead to it."""
    seen = set()
    for folder in folders:
        path = Path(folder, name)
        if os.access(path, os.X_OK) and path.is_file() and (real := path.resolve()) not in seen:
            seen.add(real)
            yield str(path)


def tried_out(paths: Iterable[str]) -> list[Found]:
    """Without those that Colloque cannot be run with. Two files may be doors to the same Python: pyenv has such scripts."""
    paths, least = list(paths), dict[str, float]()
    for path in paths * ROUNDS:
        if found := _tried_out(path):
            least[found.path] = min(found.seconds, least.get(found.path, found.seconds))
    return [Found(path, seconds) for path, seconds in least.items()]


def _tried_out(path: str) -> Found | None:
    try:
        done = subprocess.run([path, "-c", PROBE], capture_output=True, text=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    if done.returncode:
        return None
    # What it calls itself, not the script that led to it.
    seconds, executable = done.stdout.strip().split(" ", 1)
    return Found(executable, float(seconds))


def choice(tried: list[Found]) -> Found:
    first, fastest = tried[0], min(tried, key=lambda found: found.seconds)
    return fastest if fastest.seconds < first.seconds * WORTH_IT else first


def reason(best: Found, tried: list[Found]) -> str:
    return "".join(
        f"{best.path} takes {best.seconds / other.seconds:.2f} times as long as {other.path} for the same work.\n"
        for other in tried
        if other.path != best.path
    )


if __name__ == "__main__":
    sys.exit(main())
