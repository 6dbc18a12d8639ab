"""The Node.js that runs the stock clients."""

import functools
import subprocess


@functools.cache
def node() -> str:
    """The program itself: what a wheel puts into .venv/bin only starts it, and a signal would end the starter alone."""
    found = subprocess.run(["node", "-p", "process.execPath"], capture_output=True, text=True, check=True)
    return found.stdout.strip()
