"""Makes machine code of the modules that every message passes (server/compiled.py). `make compile` calls it.

Nothing is done when what is there was made of these sources. Without a C compiler or Python's headers nothing is done
either, and the sentence that says so is no error: the server does without.
"""

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from server import compiled

WORKSHOP = compiled.ROOT / "build" / "compiling"
# More of it takes a third longer to compile, and no gain was seen: the time goes into calls, not into loops.
OPTIMISATION = "1"


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="do nothing; exit with 1 when there is something to do")
    parser.add_argument("--here", action="store_true", help="in this process, with all that the compilers say")
    args = parser.parse_args(words)
    if args.here:
        _make()
        return 0
    if compiled.state() == "fresh":
        return 0
    if reason := why_not():
        print(f"Not compiled: {reason} The server does without, at a quarter more CPU for a message.")
        return 0
    return 1 if args.check else _make_quietly()


def why_not() -> str | None:
    """What is missing here, as a sentence."""
    compiler = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")[0]
    if shutil.which(compiler) is None:
        return f"there is no C compiler ({compiler}; Debian: apt install gcc)."
    if not Path(sysconfig.get_path("include"), "Python.h").exists():
        return "Python's headers are missing (Debian: apt install python3-dev)."
    return None


def _make_quietly() -> int:
    """What the compilers say is of interest when they fail."""
    print("Compiling what every message passes, once for these sources: a minute or two …", flush=True)
    done = subprocess.run(
        [sys.executable, __file__, "--here"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if done.returncode:
        sys.stderr.buffer.write(done.stdout)
        print("It could not be compiled.", file=sys.stderr)
    return done.returncode


def _make() -> None:
    """In a folder of its own, which then takes the place of the old one: nobody ever sees half of it."""
    from mypyc.build import mypycify
    from setuptools import setup

    os.chdir(compiled.ROOT)
    # Nothing is kept of other states of the sources: mypyc fails over what it remembers of them, and to compile all of it anew
    # takes a few seconds more.
    shutil.rmtree(WORKSHOP, ignore_errors=True)
    made_of, made = compiled.fingerprint(), WORKSHOP / "made"
    sources = [str(compiled.source_of(name).relative_to(compiled.ROOT)) for name in compiled.MODULES]
    extensions = mypycify(
        ["--config-file=setup.cfg", f"--cache-dir={WORKSHOP / 'types'}", *sources],
        opt_level=OPTIMISATION,
        debug_level="0",
        # A library for each: the compiler has several to do at once.
        separate=True,
        target_dir=str(WORKSHOP / "c"),
    )
    setup(
        name="colloque-compiled",
        ext_modules=extensions,
        script_args=[
            *("--quiet", "build_ext", "--parallel", str(os.cpu_count() or 1)),
            *("--build-lib", str(made), "--build-temp", str(WORKSHOP / "objects")),
        ],
    )
    (made / compiled.MADE_OF).write_text(made_of, "ascii")
    _try(made)
    shutil.rmtree(compiled.FOLDER, ignore_errors=True)
    made.rename(compiled.FOLDER)


def _try(made: Path) -> None:
    """Whether all of it can be imported here, in a process of its own."""
    program = "import sys; from importlib import import_module; from pathlib import Path; from server import compiled; "
    program += "compiled.use(Path(sys.argv[1])); [import_module(name) for name in compiled.MODULES]"
    subprocess.run([sys.executable, "-c", program, str(made)], check=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
