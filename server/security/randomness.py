"""Random bytes of the operating system, asked for many at a time: a system call for each nonce costs more than the sealing."""

import os

AT_ONCE = 256


class RandomPool:
    """Strings of `size` random bytes, each handed out once, to several threads too: `pop` is atomic."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._ready: list[bytes] = []
        # A forked child would hand out the same ones again.
        os.register_at_fork(after_in_child=self._ready.clear)

    def take(self) -> bytes:
        try:
            return self._ready.pop()
        except IndexError:
            fresh = os.urandom(self._size * AT_ONCE)
            self._ready.extend(fresh[start : start + self._size] for start in range(self._size, len(fresh), self._size))
            return fresh[: self._size]
