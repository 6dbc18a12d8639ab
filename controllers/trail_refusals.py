"""How a refusal stands on the trail, for both transports."""

from controllers.errors import code_of
from services.errors import DomainError
from services.principal import Origin, Principal
from services.trail_ports import CALL, Result, Trail, TrailEntry

# What did not come to an answer, or was never a proper question. Everything else was a no.
FAILED = frozenset({"INTERNAL", "UNAVAILABLE", "VALIDATION_FAILED", "UNKNOWN_EVENT"})


def note_refusal(
    trail: Trail,
    error: BaseException,
    *,
    action: str,
    principal: Principal | None,
    origin: Origin,
    object_id: str | None,
    conversation_id: int | None,
) -> None:
    if isinstance(error, DomainError) and error.on_trail:
        return
    code = code_of(error)
    result: Result = "failed" if code in FAILED else "denied"
    reason = error.reason if isinstance(error, DomainError) else None
    about = error.about if isinstance(error, DomainError) else None
    trail.note(
        TrailEntry(
            action=action,
            principal=principal,
            origin=origin,
            object_type="user" if about is not None else CALL,
            object_id=object_id if about is None else str(about),
            conversation_id=conversation_id,
            result=result,
            reason=f"{code}:{reason}" if reason else code,
        )
    )
