"""Votes and the points that come of them, over REST."""

from controllers.forum_cursors import after_leader, leader_position
from controllers.rest.contract import Call, Endpoint, Reply
from controllers.schemas.forum import PostPath
from controllers.schemas.forum_votes import (
    LeaderboardQuery,
    LeaderboardSchema,
    LedgerSchema,
    VoteSchema,
    VoteStateSchema,
)
from controllers.schemas.users import IdPageQuery
from services.points import Points
from services.votes import Votes

TAG = "forum"


class VoteEndpoints:
    def __init__(self, *, votes: Votes, points: Points) -> None:
        self._votes = votes
        self._points = points

    def endpoints(self) -> list[Endpoint]:
        return [
            *(
                Endpoint(
                    "POST",
                    f"/api/{noun}s/{{id}}/vote",
                    handler,
                    f"Vote for or against {article} {noun}, or take the vote back (0); never on one's own",
                    TAG,
                    limit="request",
                    parameters=PostPath,
                    body=VoteSchema,
                    replies={200: VoteStateSchema},
                    errors=("NOT_FOUND", "FORBIDDEN"),
                )
                for article, noun, handler in (("a", "question", self.on_question), ("an", "answer", self.on_answer))
            ),
            Endpoint(
                "GET",
                "/api/leaderboard",
                self.leaders,
                "Who has most points, of all times or this month; with one's own place",
                TAG,
                query=LeaderboardQuery,
                replies={200: LeaderboardSchema},
                errors=("FORBIDDEN",),
            ),
            Endpoint(
                "GET",
                "/api/points",
                self.ledger,
                "One's own points and what they are for, latest first",
                TAG,
                query=IdPageQuery,
                replies={200: LedgerSchema},
                errors=("FORBIDDEN",),
            ),
        ]

    async def on_question(self, call: Call) -> Reply:
        return Reply(await self._votes.on_question(call.user, question_id=call.path["id"], value=call.body["value"]))

    async def on_answer(self, call: Call) -> Reply:
        return Reply(await self._votes.on_answer(call.user, answer_id=call.path["id"], value=call.body["value"]))

    async def leaders(self, call: Call) -> Reply:
        board = await self._points.leaders(
            call.user,
            of_month=call.query["period"] == "month",
            before=leader_position(call.query.get("before")),
            limit=call.query["limit"],
        )
        following = after_leader(board.next)
        return Reply({"items": board.items, "has_more": following is not None, "next": following, "me": board.me})

    async def ledger(self, call: Call) -> Reply:
        ledger = await self._points.ledger(call.user, before=call.query.get("before"), limit=call.query["limit"])
        following = str(ledger.items[-1].id) if ledger.more else None
        return Reply({"points": ledger.points, "items": ledger.items, "has_more": ledger.more, "next": following})
