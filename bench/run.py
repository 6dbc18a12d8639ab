"""`make bench`: makes Colloque's packages importable, installs what the load generator needs, and compares."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).parent
PIP = (sys.executable, "-m", "pip", "-qq", "--disable-pip-version-check", "--no-input", "install", "--require-hashes")


def main() -> int:
    sys.path.insert(0, str(BENCH.parent))
    if importlib.util.find_spec("picows") is None:
        if subprocess.run([*PIP, "--no-deps", "-r", BENCH / "requirements.txt"], check=False).returncode:
            sys.exit("What the load generator needs could not be installed; the Python package index must be in reach.")
        os.execv(sys.executable, [sys.executable, *sys.argv])  # noqa: S606 -- a fresh start finds what was installed
    from bench.compare import compare

    return compare()


if __name__ == "__main__":
    sys.exit(main())
