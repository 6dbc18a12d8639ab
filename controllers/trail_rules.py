"""What each call is called on the trail, and what it was about. Never content: numbers and codes only.

A REST call without a rule is no access to anything (one's own settings, counts), or its service notes it itself, which
knows more of it than the boundary does. Refusals are noted whether there is a rule or not.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from controllers.rest.contract import Call, Endpoint, Reply
from services.principal import Principal

ADMIN = "/api/admin/"
CONVERSATION = "/api/messaging/conversations/{id}"


class About(NamedTuple):
    object_type: str | None = None
    object_id: str | None = None
    conversation_id: int | None = None


Finder = Callable[[Call, Reply], About]


@dataclass(frozen=True, slots=True)
class Rule:
    """`durable`: it is stored before the caller gets the answer. `who`: where the caller is known from the reply alone.
    `when`: where only some of these calls are an access to anything.
    """

    action: str
    about: Finder
    durable: bool = False
    who: Callable[[Reply], Principal | None] | None = None
    when: Callable[[Call], bool] = lambda _: True


def rule_of(endpoint: Endpoint) -> Rule | None:
    rule = RULES.get((endpoint.method, endpoint.path))
    if rule is None and endpoint.path.startswith(ADMIN):
        return Rule("admin.view" if endpoint.method == "GET" else "admin.change", _administered(endpoint), durable=True)
    return rule


def seqs(messages: Iterable[Any]) -> str | None:
    """`3-17`: from the first to the last that were given out."""
    numbers = [message.seq for message in messages]
    return f"{min(numbers)}-{max(numbers)}" if numbers else None


def _administered(endpoint: Endpoint) -> Finder:
    noun = endpoint.path.removeprefix(ADMIN).split("/", 1)[0]

    def about(call: Call, _: Reply) -> About:
        object_id = ",".join(str(value) for value in call.path.values())
        return About(noun, object_id or None, call.path.get("conversation_id"))

    return about


def _of_path(call: Call, _: Reply) -> About:
    conversation_id = call.path.get("conversation_id")
    return About("conversation", str(conversation_id), conversation_id)


def _opened(_: Call, reply: Reply) -> About:
    conversation_id = reply.body.view.row.id
    return About("conversation", str(conversation_id), conversation_id)


def _listed(_: Call, reply: Reply) -> About:
    return About("conversation", ",".join(str(view.row.id) for view in reply.body["items"]) or None)


def _message(_: Call, reply: Reply) -> About:
    message = reply.body["message"]
    return About("message", str(message.id), message.conversation_id)


def _history(call: Call, reply: Reply) -> About:
    return About("seq", seqs(message for message, _ in reply.body["items"]), call.path["conversation_id"])


def _read(call: Call, _: Reply) -> About:
    up_to = call.body.get("up_to_seq")
    return About("seq", "all" if up_to is None else str(up_to), call.path["conversation_id"])


def _read_message(call: Call, _: Reply) -> About:
    return About("message", str(call.path["message_id"]))


def _contextual(call: Call, reply: Reply) -> About:
    """Where nothing was found, there may be no conversation yet."""
    messages = [message for message, _ in reply.body["items"]]
    if not messages:
        return _context(call, reply)
    return About("seq", seqs(messages), messages[0].conversation_id)


def _context(call: Call, _: Reply) -> About:
    return About("context", f"{call.path['context_type']}:{call.path['context_id']}")


def _signed_in(reply: Reply) -> Principal | None:
    signed_in = reply.body
    return Principal(signed_in.user.id, signed_in.user.role, signed_in.session_id, 0.0)


def _session(call: Call, _: Reply) -> About:
    named = call.path.get("session_id")
    return About("session", None if named is None else str(named))


def _archive(_: Call, reply: Reply) -> About:
    return About("person_archive", str(reply.body["archive_id"]))


def _archive_of_path(call: Call, _: Reply) -> About:
    return About("person_archive", str(call.path["archive_id"]))


def _user_of_path(call: Call, _: Reply) -> About:
    return About("user", str(call.path["user_id"]))


def _statistics(call: Call, _: Reply) -> About:
    return About("stats", str(call.path["user_id"]))


def _of_somebody_else(call: Call) -> bool:
    return bool(call.path["user_id"] != call.user.user_id)


def _hold(_: Call, reply: Reply) -> About:
    hold = reply.body
    return About("legal_hold", str(hold.id), hold.conversation_id)


def _people(_: Call, reply: Reply) -> About:
    return About("user")


def _of_question(call: Call, _: Reply) -> About:
    return About("question", str(call.path["id"]))


def _of_answer(call: Call, _: Reply) -> About:
    return About("answer", str(call.path["id"]))


def _of_report(call: Call, _: Reply) -> About:
    return About("report", str(call.path["id"]))


RULES: dict[tuple[str, str], Rule] = {
    ("POST", "/api/auth/login"): Rule("login", _session, durable=True, who=_signed_in),
    ("POST", "/api/auth/refresh"): Rule("session.refresh", _session, who=_signed_in),
    ("POST", "/api/auth/logout"): Rule("logout", _session, who=lambda reply: reply.body),
    ("POST", "/api/auth/password"): Rule("password.change", _session),
    ("GET", "/api/auth/sessions"): Rule("session.list", _session),
    ("DELETE", "/api/auth/sessions/{id}"): Rule("session.end", _session),
    ("GET", "/api/messaging/conversations"): Rule("conversation.list", _listed),
    ("POST", "/api/messaging/conversations"): Rule("conversation.make", _opened),
    ("GET", CONVERSATION): Rule("conversation.open", _of_path),
    ("PATCH", CONVERSATION): Rule("conversation.settle", _of_path),
    ("GET", f"{CONVERSATION}/messages"): Rule("history.read", _history),
    ("POST", f"{CONVERSATION}/messages"): Rule("message.send", _message),
    ("POST", f"{CONVERSATION}/read"): Rule("message.read", _read),
    ("GET", f"{CONVERSATION}/access-log"): Rule("access_log.read", _of_path),
    ("PATCH", "/api/messaging/messages/{id}"): Rule("message.edit", _message),
    ("DELETE", "/api/messaging/messages/{id}"): Rule("message.delete", _message),
    ("POST", "/api/messaging/messages/{id}/reactions"): Rule("message.react", _message),
    ("DELETE", "/api/messaging/messages/{id}/reactions"): Rule("message.unreact", _message),
    ("PATCH", "/api/messaging/messages/{id}/read"): Rule("message.read", _read_message),
    ("POST", "/api/messaging/sessions"): Rule("conversation.make", _opened),
    ("PATCH", "/api/messaging/sessions/{id}/archive"): Rule("conversation.settle", _of_path),
    ("GET", "/api/messaging/history/{contextType}/{contextId}"): Rule("history.read", _contextual),
    ("POST", "/api/messaging/send"): Rule("message.send", _message),
    ("GET", "/api/messaging/permissions/{contextType}/{contextId}/{userType}/{userId}"): Rule(
        "permission.view", _context
    ),
    ("POST", "/api/questions/{id}/report"): Rule("forum.report", _of_question),
    ("POST", "/api/answers/{id}/report"): Rule("forum.report", _of_answer),
    ("GET", f"{ADMIN}questions/{{id}}/author"): Rule("forum.reveal", _of_question, durable=True),
    ("PATCH", f"{ADMIN}questions/{{id}}"): Rule("forum.moderate", _of_question, durable=True),
    ("PATCH", f"{ADMIN}answers/{{id}}"): Rule("forum.moderate", _of_answer, durable=True),
    ("PATCH", f"{ADMIN}reports/{{id}}"): Rule("forum.moderate", _of_report, durable=True),
    ("GET", "/api/messaging/search-users"): Rule("people.search", _people),
    ("GET", "/api/messaging/available-users"): Rule("people.search", _people),
    ("PATCH", "/api/mentors/me"): Rule("mentor.change", _people),
    ("PUT", "/api/mentors/me/avatar"): Rule("mentor.change", _people),
    ("DELETE", "/api/mentors/me/avatar"): Rule("mentor.change", _people),
    ("GET", "/api/messaging/stats"): Rule("admin.view", lambda _call, _reply: About("stats"), durable=True),
    ("GET", "/api/messaging/stats/{userType}/{userId}"): Rule(
        "admin.view", _statistics, durable=True, when=_of_somebody_else
    ),
    ("POST", "/api/messaging/archives"): Rule("archive.make", _archive),
    ("GET", "/api/messaging/archives/{id}/file"): Rule("archive.download", _archive_of_path, durable=True),
    ("POST", f"{ADMIN}users/{{id}}/archives"): Rule("archive.make", _user_of_path, durable=True),
    ("POST", f"{ADMIN}users/{{id}}/erasure"): Rule("person.erase", _user_of_path, durable=True),
    ("POST", f"{ADMIN}legal-holds"): Rule("legal_hold.place", _hold, durable=True),
    ("POST", f"{ADMIN}legal-holds/{{id}}/release"): Rule("legal_hold.release", _hold, durable=True),
    ("POST", f"{ADMIN}conversations/{{id}}/break-glass"): Rule("break_glass", _of_path, durable=True),
    ("GET", f"{ADMIN}conversations/{{id}}/messages"): Rule("break_glass.read", _history, durable=True),
}
