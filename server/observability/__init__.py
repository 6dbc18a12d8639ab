"""Logs, metrics and the lag of the event loop: how an operator sees what goes on, without seeing what is written."""

from server.observability.logging import configure_logging
from server.observability.loop_lag import LoopLag
from server.observability.metrics import Metrics

__all__ = ["LoopLag", "Metrics", "configure_logging"]
