"""Who may do what in a conversation: asked on every call, since being in a room is no permission."""

from repositories.conversations import Membership
from repositories.repositories import Repositories
from services.errors import Conflict, DomainError, Forbidden, NotFound
from services.principal import Principal


class Access:
    """The rules that need a look at the database; `kinds` are those that the installation has switched on."""

    def __init__(self, *, kinds: frozenset[str]) -> None:
        self.kinds = kinds

    async def membership(self, repositories: Repositories, principal: Principal, conversation_id: int) -> Membership:
        """Raises NotFound for who has no part in it, Forbidden when its kind is switched off."""
        return self.granted(
            await repositories.conversations.membership(conversation_id=conversation_id, user_id=principal.user_id)
        )

    def granted(self, membership: Membership | None) -> Membership:
        """Raises as `membership`."""
        if membership is None:
            raise NotFound
        self.require_kind(membership.kind)
        return membership

    def require_kind(self, kind: str) -> None:
        if kind not in self.kinds:
            raise Forbidden(reason="kind_off")


def refusal(obstacle: str) -> DomainError:
    """Why nobody can write here now, as an error: `obstacle` is what conversation_states in sql/ says."""
    return Conflict(reason=obstacle) if obstacle == "conversation_closed" else Forbidden(reason=obstacle)
