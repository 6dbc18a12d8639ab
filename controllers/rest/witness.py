"""What REST calls leave on the trail."""

from controllers.rest.contract import Call, Endpoint, Reply
from controllers.trail_refusals import note_refusal
from controllers.trail_rules import Rule, rule_of
from services.principal import Origin, Principal
from services.trail_ports import TrailEntry, TrailWriter

LARGEST_DIGITS = 18


class RestWitness:
    def __init__(self, trail: TrailWriter) -> None:
        self._trail = trail
        self._rules: dict[tuple[str, str], Rule | None] = {}

    async def passed(self, endpoint: Endpoint, call: Call, reply: Reply) -> None:
        """Before the answer goes out. Raises Unavailable where the answer must not go without a trace."""
        rule = self._rule(endpoint)
        if rule is None or not rule.when(call):
            return
        object_type, object_id, conversation_id = rule.about(call, reply)
        who = call.principal if rule.who is None else rule.who(reply)
        if rule.who is not None and who is None:  # a logout of nobody
            return
        self._trail.note(
            TrailEntry(
                action=rule.action,
                principal=who,
                origin=call.origin,
                on_behalf_of=reply.on_behalf_of,
                object_type=object_type,
                object_id=object_id,
                conversation_id=conversation_id,
                reason=reply.reason,
            )
        )
        if rule.durable:
            await self._trail.settled()

    def refused(
        self, error: BaseException, endpoint: Endpoint, origin: Origin, principal: Principal | None, path_id: str | None
    ) -> None:
        """`path_id`: what stands in the address in the place of {id}, unchecked."""
        rule = self._rule(endpoint)
        of_conversation = "/conversations/{id}" in endpoint.path
        note_refusal(
            self._trail,
            error,
            action="rest.call" if rule is None else rule.action,
            principal=principal,
            origin=origin,
            object_id=f"{endpoint.method} {endpoint.path}",
            conversation_id=_number(path_id) if of_conversation else None,
        )

    def _rule(self, endpoint: Endpoint) -> Rule | None:
        key = (endpoint.method, endpoint.path)
        if key not in self._rules:
            self._rules[key] = rule_of(endpoint)
        return self._rules[key]


def _number(text: str | None) -> int | None:
    sane = text is not None and text.isascii() and text.isdecimal() and len(text) <= LARGEST_DIGITS
    return int(text) if sane and text else None
