"""Rows of the forum, which is everybody's: what is one's own is whose one has written. The junior asks, the senior answers."""

from typing import Any

from tests.support.matrix.rules import (
    ADMIN,
    CONFLICT,
    FORBIDDEN,
    JUNIOR,
    OK,
    SENIOR,
    Rule,
    State,
    administrators,
    anybody,
)
from tests.support.matrix.table import Path, Row, Scene, event, outcome, route

Q, A, ADMIN_AT = "/api/questions", "/api/answers", "/api/admin"
QUESTION = {"title": "How does one find a mentor?", "body": "Please tell me.", "tags": ["mentoring"]}
BODY = {"body": "This is how it is done."}


def whose(*whom: str) -> Rule:
    """Everybody sees it, so that all others are told why not."""
    return lambda who, state: OK if who in whom else FORBIDDEN


def all_but(*whom: str) -> Rule:
    return lambda who, state: FORBIDDEN if who in whom else OK


def answered(who: str, state: State) -> str:
    return CONFLICT if who == JUNIOR else FORBIDDEN


def at(template: str) -> Path:
    return lambda scene: template.format(q=scene.thread.question, a=scene.thread.answer, r=scene.thread.report)


def row(name: str, path: str = "", body: Any = None, rule: Rule = anybody, way: str = "", **query: Any) -> Row:
    ask = route(name, at(path) if path else None, None if body is None else lambda _: body, lambda _: query)
    return Row(name, ask, rule, way=way, stateless=True)


def live(name: str, *, of_list: bool = False) -> Row:
    return Row(
        name,
        event(name, lambda scene: {} if of_list else {"questionId": scene.thread.question}),
        anybody,
        stateless=True,
    )


async def _delete_own_answer(scene: Scene) -> str:
    made = await scene.rest.post(f"{Q}/{scene.thread.question}/answers", BODY)
    return outcome(await scene.rest.call("DELETE", f"{A}/{made['answer']['id']}"))


async def _delete_own_question(scene: Scene) -> str:
    made = await scene.rest.post(Q, QUESTION)
    return outcome(await scene.rest.call("DELETE", f"{Q}/{made['question']['id']}"))


SPAM, BACK = {"reason": "spam"}, {"removed": False, "reason": "it stays"}
ROWS = (
    row(f"GET {Q}"),
    row(f"GET {Q}/search", q="mentor"),
    row(f"GET {Q}/similar", title="find a mentor"),
    row("GET /api/tags"),
    row("GET /api/leaderboard"),
    row("GET /api/points"),
    row(f"POST {Q}", body=QUESTION),
    row(f"POST {Q}/preview", body=BODY),
    row(f"GET {Q}/{{id}}", f"{Q}/{{q}}"),
    row(f"GET {Q}/{{id}}/versions", f"{Q}/{{q}}/versions", rule=whose(JUNIOR, ADMIN)),
    row(f"PATCH {Q}/{{id}}", f"{Q}/{{q}}", BODY, whose(JUNIOR)),
    row(f"DELETE {Q}/{{id}}", f"{Q}/{{q}}", rule=answered, way="that was answered"),
    Row(f"DELETE {Q}/{{id}}", _delete_own_question, anybody, way="one's own", stateless=True),
    row(f"GET {Q}/{{id}}/answers", f"{Q}/{{q}}/answers"),
    row(f"POST {Q}/{{id}}/answers", f"{Q}/{{q}}/answers", BODY),
    row(f"PATCH {A}/{{id}}", f"{A}/{{a}}", BODY, whose(SENIOR)),
    row(f"GET {A}/{{id}}/versions", f"{A}/{{a}}/versions", rule=whose(SENIOR, ADMIN)),
    row(f"POST {A}/{{id}}/accept", f"{A}/{{a}}/accept", rule=whose(JUNIOR)),
    row(f"DELETE {A}/{{id}}/accept", f"{A}/{{a}}/accept", rule=whose(JUNIOR)),
    row(f"POST {Q}/{{id}}/vote", f"{Q}/{{q}}/vote", {"value": 1}, all_but(JUNIOR)),
    row(f"POST {A}/{{id}}/vote", f"{A}/{{a}}/vote", {"value": 1}, all_but(SENIOR)),
    row(f"POST {Q}/{{id}}/report", f"{Q}/{{q}}/report", SPAM),
    row(f"POST {A}/{{id}}/report", f"{A}/{{a}}/report", SPAM),
    Row(f"DELETE {A}/{{id}}", _delete_own_answer, anybody, way="one's own", stateless=True),
    Row(
        f"DELETE {A}/{{id}}",
        route(f"DELETE {A}/{{id}}", lambda scene: f"{A}/{scene.thread.foreign_answer}"),
        whose(ADMIN),
        way="another's",
        stateless=True,
    ),
    row(f"GET {ADMIN_AT}/reports", rule=administrators),
    row(f"PATCH {ADMIN_AT}/reports/{{id}}", f"{ADMIN_AT}/reports/{{r}}", {"decision": "dismissed"}, administrators),
    row(f"PATCH {ADMIN_AT}/questions/{{id}}", f"{ADMIN_AT}/questions/{{q}}", BACK, administrators),
    row(f"PATCH {ADMIN_AT}/answers/{{id}}", f"{ADMIN_AT}/answers/{{a}}", BACK, administrators),
    row(f"GET {ADMIN_AT}/questions/{{id}}/author", f"{ADMIN_AT}/questions/{{q}}/author", rule=administrators),
    live("join_question"),
    live("answer_typing_start"),
    live("answer_typing_stop"),
    live("leave_question"),
    live("join_questions", of_list=True),
    live("leave_questions", of_list=True),
)
