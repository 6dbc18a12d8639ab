"""When the tokens behind the sockets end. Most end much later: until then a socket is only noted under its minute."""

import asyncio
import time
from collections.abc import Callable

from server.realtime.sockets import Socket

# Timers of a day at most: event loops differ in what they do with a year.
LONGEST_TIMER = 86_400.0
MINUTE = 60.0


class ExpiryTimer:
    """Calls `warn(seconds left)` some time before a token ends, `expire()` when it does."""

    def __init__(self, *, warning: float, warn: Callable[[int], None], expire: Callable[[], None]) -> None:
        self._warning = warning
        self._warn = warn
        self._expire = expire
        self._timer: asyncio.TimerHandle | None = None

    def start(self, expires_at: float) -> None:
        """Again after a renewal."""
        self.cancel()
        self._wait(expires_at, warned=self._warning <= 0)

    def cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wait(self, expires_at: float, *, warned: bool) -> None:
        left = expires_at - time.time()
        if left <= 0:
            self._timer = asyncio.get_running_loop().call_soon(self._expire)  # type: ignore[assignment]  # both can be cancelled, which is all that is asked of it
            return
        if not warned and left <= self._warning:
            self._warn(max(1, round(left)))
            warned = True
        delay = left if warned else left - self._warning
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(min(delay, LONGEST_TIMER), lambda: self._wait(expires_at, warned=warned))


class Expiries:
    """`warn(socket, seconds left)` and `expire(socket)` are called at the time. By the clock of the wall, as tokens are."""

    def __init__(
        self,
        *,
        warning: float,
        warn: Callable[[Socket, int], None],
        expire: Callable[[Socket], None],
        minute: float = MINUTE,
    ) -> None:
        self._warning = warning
        self._warn = warn
        self._expire = expire
        self._minute = minute
        self._soon: dict[Socket, ExpiryTimer] = {}
        # Minute of the warning → sockets.
        self._later: dict[int, dict[Socket, None]] = {}
        self._round: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._soon) + sum(map(len, self._later.values()))

    def start(self, socket: Socket) -> None:
        minute = self._minute_of(socket)
        if minute <= self._near():
            self._time(socket)
            return
        self._later.setdefault(minute, {})[socket] = None
        if self._round is None:
            self._round = asyncio.get_running_loop().call_later(self._minute / 2, self._go_round)

    def stop(self, socket: Socket) -> None:
        """While the socket still has the token that it was started with."""
        if timer := self._soon.pop(socket, None):
            timer.cancel()
            return
        minute = self._minute_of(socket)
        noted = self._later.get(minute)
        if noted is not None:
            noted.pop(socket, None)
            if not noted:
                del self._later[minute]

    def _time(self, socket: Socket) -> None:
        timer = self._soon[socket] = ExpiryTimer(
            warning=self._warning,
            warn=lambda left: self._warn(socket, left),
            expire=lambda: self._expire(socket),
        )
        timer.start(socket.principal.expires_at)

    def _go_round(self) -> None:
        near = self._near()
        for minute in [minute for minute in self._later if minute <= near]:
            for socket in self._later.pop(minute):
                self._time(socket)
        # A jump of the clock is seen at the next round.
        self._round = asyncio.get_running_loop().call_later(self._minute / 2, self._go_round) if self._later else None

    def _near(self) -> int:
        """The last minute whose sockets have timers of their own."""
        return int(time.time() // self._minute) + 1

    def _minute_of(self, socket: Socket) -> int:
        return int((socket.principal.expires_at - self._warning) // self._minute)
