"""For root whose project is in a folder closed to others, such as /root: the same paths, open to one process and its children.

In a mount namespace of its own the closed folder is covered by an empty one, in which only what PostgreSQL needs appears.
Nobody else's view and no permission on disk changes, and all of it goes with the last of those processes.
"""

import ctypes
import os
import stat
from collections.abc import Sequence
from pathlib import Path

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNS = 0x20000
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000


def enter(folders: Sequence[Path]) -> None:
    """In a child of root between fork and exec. Raises OSError where the system does not allow it, as in many containers."""
    os.umask(0o022)
    _check(LIBC.unshare(CLONE_NEWNS))
    _mount("none", Path("/"), flags=MS_REC | MS_PRIVATE)
    handles = {folder: os.open(folder, os.O_PATH | os.O_DIRECTORY) for folder in folders}
    covers = {cover for folder in folders if (cover := _closed_parent(folder)) is not None}
    for cover in covers:
        _mount("none", cover, kind="tmpfs", options="mode=0755,size=1m")
    for folder, handle in handles.items():
        if any(folder.is_relative_to(cover) for cover in covers):
            folder.mkdir(parents=True, exist_ok=True)
            _mount(f"/proc/self/fd/{handle}", folder, flags=MS_BIND | MS_REC)
        os.close(handle)


def _closed_parent(folder: Path) -> Path | None:
    """The outermost folder on the way that others may not enter."""
    for parent in reversed(folder.parents):
        if not parent.stat().st_mode & stat.S_IXOTH:
            return parent
    return None


def _mount(source: str, target: Path, *, kind: str = "none", flags: int = 0, options: str = "") -> None:
    _check(LIBC.mount(source.encode(), os.fsencode(target), kind.encode(), flags, options.encode()))


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
