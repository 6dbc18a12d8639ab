"""What every process that serves does alike."""

import gc

# Sockets are closed and their handlers drained before that; a connection that opens just now is not worth a wait.
SHUTDOWN_SECONDS = 1.5


def calm_collector() -> None:
    """What is there now stays: the collector need not look at it again. Requests make little garbage that has cycles."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
