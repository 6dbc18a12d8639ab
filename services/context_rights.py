"""What one may do about a prescription or an exam, and why not: judged anew on each call, for acting and for telling alike."""

from collections.abc import Mapping

from repositories.contexts import Standing
from services.access import refusal
from services.errors import ContextAccessDenied, DomainError, Forbidden, NotFound
from services.principal import DOCTOR

OPEN, READ, SEND, ARCHIVE, CLOSE, EXPORT = "open", "read", "send", "archive", "close", "export"
ACTIONS = (OPEN, READ, SEND, ARCHIVE, CLOSE, EXPORT)
Rights = Mapping[str, DomainError | None]


def rights(standing: Standing | None, *, role: str, kinds: frozenset[str]) -> Rights:
    """For each action None, or the error that a call for it would get. `standing` None: not one of the two people."""
    if standing is None:
        return dict.fromkeys(ACTIONS, ContextAccessDenied())
    if standing.removed:
        return dict.fromkeys(ACTIONS, NotFound())
    if "contextual" not in kinds:
        return dict.fromkeys(ACTIONS, Forbidden(reason="kind_off"))
    if standing.conversation_id is None:
        beginning = _beginning(standing)
        return {**dict.fromkeys(ACTIONS, NotFound()), READ: None, OPEN: beginning, SEND: beginning}
    return {
        **dict.fromkeys(ACTIONS),
        SEND: None if standing.obstacle is None else refusal(standing.obstacle),
        CLOSE: None if role == DOCTOR else Forbidden(reason="only_closers"),
    }


def reason_of(error: DomainError | None, standing: Standing | None) -> str | None:
    """Why not, as a code for clients; None when it is allowed."""
    if error is None:
        return None
    if isinstance(error, ContextAccessDenied):
        return "context_access_denied"
    if isinstance(error, NotFound):
        return "removed" if standing is not None and standing.removed else "no_conversation"
    return error.reason


def _beginning(standing: Standing) -> DomainError | None:
    """Why there can be no first message."""
    if standing.closed:
        return Forbidden(reason="context_closed")
    return Forbidden(reason="participant_left") if standing.incomplete else None
