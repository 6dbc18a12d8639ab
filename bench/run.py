"""`make bench`, `make profile`: makes Colloque's packages importable, installs what the bench needs, and starts.

bench/run.py [OPTIONS]            measure; --help tells them
bench/run.py profile [OPTIONS]    where the server's time goes
bench/run.py publish [FILE]       make docs/performance.* from the results in FILE, or from the latest
"""

import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).parent.parent
REQUIREMENTS = ROOT / "bench" / "requirements.txt"
NEEDED = ("picows", "py-spy")
PIP = (sys.executable, "-m", "pip", "-qq", "--disable-pip-version-check", "--no-input", "install", "--require-hashes")


def main() -> int:
    # In place of this folder, whose modules have names of their own there.
    sys.path[0] = str(ROOT)
    command, words = (sys.argv[1], sys.argv[2:]) if sys.argv[1:2] in (["profile"], ["publish"]) else ("", sys.argv[1:])
    if command == "publish":
        return _publish(words)
    _install()
    if command == "profile":
        from bench.hotspots import profile

        return profile(words)
    from bench.compare import compare

    return compare(words)


def _install() -> None:
    if all(map(_is_there, NEEDED)):
        return
    if subprocess.run([*PIP, "--no-deps", "-r", REQUIREMENTS], check=False).returncode:
        sys.exit("What the bench needs could not be installed; the Python package index must be in reach.")
    os.execv(sys.executable, [sys.executable, *sys.argv])  # noqa: S606 -- a fresh start finds what was installed


def _is_there(name: str) -> bool:
    try:
        return bool(version(name))
    except PackageNotFoundError:
        return False


def _publish(words: list[str]) -> int:
    from bench.page import publish
    from bench.runs import LATEST, Results

    print(f"Written: {', '.join(path.name for path in publish(Results.read(Path(words[0]) if words else LATEST)))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
