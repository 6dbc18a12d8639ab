"""Random bytes of the operating system, asked for many at a time: a system call for each nonce costs more than the sealing."""

import os
from collections.abc import Callable

AT_ONCE = 256


class RandomPool:
    """Strings of `size` random bytes, each handed out once, to several threads too: `pop` is atomic.

    `fresh(length)` gives the bytes of many such strings.
    """

    def __init__(self, size: int, fresh: Callable[[int], bytes] = os.urandom) -> None:
        self._size = size
        self._fresh = fresh
        self._ready: list[bytes] = []
        # A forked child would hand out the same ones again.
        os.register_at_fork(after_in_child=self._ready.clear)

    def take(self) -> bytes:
        try:
            return self._ready.pop()
        except IndexError:
            size, fresh = self._size, self._fresh(self._size * AT_ONCE)
            self._ready.extend([fresh[start : start + size] for start in range(size, len(fresh), size)])
            return fresh[:size]
