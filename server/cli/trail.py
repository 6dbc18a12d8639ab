"""The trail for commands: what they did is stored before they say so."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.cli.environment import Environment
from server.cli.quiet import QuietPublisher
from services.openings import Openings
from services.principal import Origin
from services.trail import BufferedTrail
from services.trail_ports import TrailEntry

# Where an entry came from, when nobody called from anywhere.
HERE = Origin(address="", device="command line", request_id="", language="en")


@asynccontextmanager
async def trail_of(environment: Environment) -> AsyncIterator[BufferedTrail]:
    """Raises Unavailable at the end when it could not be stored."""
    trail = BufferedTrail(
        unit_of_work=environment.database, openings=Openings(publisher=QuietPublisher()), now=time.time
    )
    trail.start()
    try:
        yield trail
        await trail.settled()
    finally:
        await trail.close()


async def noted(
    environment: Environment,
    action: str,
    object_type: str,
    object_id: int | str,
    *,
    conversation_id: int | None = None,
    reason: str | None = None,
) -> None:
    """That the person at the keyboard did this; `reason` begins with their name where they gave it. Raises Unavailable."""
    async with trail_of(environment) as trail:
        trail.note(
            TrailEntry(
                action=action,
                principal=None,
                origin=HERE,
                object_type=object_type,
                object_id=str(object_id),
                conversation_id=conversation_id,
                reason=reason,
            )
        )
