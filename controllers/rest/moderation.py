"""Reports of members, and what administrators do about them, over REST."""

from collections.abc import Awaitable, Callable

from controllers.rest.contract import Access, Call, Endpoint, Reply
from controllers.schemas.forum import PostPath
from controllers.schemas.forum_votes import (
    AdminReportPageSchema,
    AdminReportReplySchema,
    ModerateSchema,
    RealAuthorReplySchema,
    ReportedSchema,
    ReportSchema,
    ReportsQuery,
    SettleReportSchema,
)
from services.moderation import Moderation, Reported

TAG, ADMINISTRATION = "forum", "administration"


class ModerationEndpoints:
    def __init__(self, *, moderation: Moderation) -> None:
        self._moderation = moderation

    def endpoints(self) -> list[Endpoint]:
        return [
            self._report_endpoint("a question", "/api/questions/{id}/report", self.report_question),
            self._report_endpoint("an answer", "/api/answers/{id}/report", self.report_answer),
            Endpoint(
                "GET",
                "/api/admin/reports",
                self.reports,
                "What members reported of the forum, latest first",
                ADMINISTRATION,
                access=Access.ADMIN,
                query=ReportsQuery,
                replies={200: AdminReportPageSchema},
                errors=("FORBIDDEN",),
            ),
            Endpoint(
                "PATCH",
                "/api/admin/reports/{id}",
                self.settle,
                "Remove what was reported, or dismiss; for all open reports of that text",
                ADMINISTRATION,
                access=Access.ADMIN,
                limit="request",
                parameters=PostPath,
                body=SettleReportSchema,
                replies={200: AdminReportReplySchema},
                errors=("NOT_FOUND", "CONFLICT"),
            ),
            self._moderate_endpoint("a question", "/api/admin/questions/{id}", self.moderate_question),
            self._moderate_endpoint("an answer", "/api/admin/answers/{id}", self.moderate_answer),
            Endpoint(
                "GET",
                "/api/admin/questions/{id}/author",
                self.author,
                "Who really asked, also under a pseudonym; on the trail before the answer goes",
                ADMINISTRATION,
                access=Access.ADMIN,
                parameters=PostPath,
                replies={200: RealAuthorReplySchema},
                errors=("NOT_FOUND",),
            ),
        ]

    @staticmethod
    def _report_endpoint(noun: str, path: str, handler: Callable[[Call], Awaitable[Reply]]) -> Endpoint:
        return Endpoint(
            "POST",
            path,
            handler,
            f"Report {noun} to the administrators; 200 when one's report still waits",
            TAG,
            limit="request",
            parameters=PostPath,
            body=ReportSchema,
            replies={201: ReportedSchema, 200: ReportedSchema},
            errors=("NOT_FOUND", "FORBIDDEN"),
        )

    @staticmethod
    def _moderate_endpoint(noun: str, path: str, handler: Callable[[Call], Awaitable[Reply]]) -> Endpoint:
        return Endpoint(
            "PATCH",
            path,
            handler,
            f"Remove {noun} of the forum, or restore it; settles its open reports when removed",
            ADMINISTRATION,
            access=Access.ADMIN,
            limit="request",
            parameters=PostPath,
            body=ModerateSchema,
            replies={204: None},
            errors=("NOT_FOUND",),
        )

    async def report_question(self, call: Call) -> Reply:
        reported = await self._moderation.report_question(
            call.user, question_id=call.path["id"], reason=call.body["reason"], details=call.body.get("details")
        )
        return _reported(reported)

    async def report_answer(self, call: Call) -> Reply:
        reported = await self._moderation.report_answer(
            call.user, answer_id=call.path["id"], reason=call.body["reason"], details=call.body.get("details")
        )
        return _reported(reported)

    async def reports(self, call: Call) -> Reply:
        page = await self._moderation.reports(
            settled=call.query["status"] == "settled", before=call.query.get("before"), limit=call.query["limit"]
        )
        following = None if page.next is None else str(page.next)
        return Reply({"items": page.items, "has_more": following is not None, "next": following})

    async def settle(self, call: Call) -> Reply:
        report = await self._moderation.settle(
            call.user, report_id=call.path["id"], decision=call.body["decision"], note=call.body.get("note")
        )
        return Reply({"report": report}, reason=report.decision)

    async def moderate_question(self, call: Call) -> Reply:
        await self._moderation.moderate_question(call.user, question_id=call.path["id"], **call.body)
        return Reply(status=204, reason="removed" if call.body["removed"] else "restored")

    async def moderate_answer(self, call: Call) -> Reply:
        await self._moderation.moderate_answer(call.user, answer_id=call.path["id"], **call.body)
        return Reply(status=204, reason="removed" if call.body["removed"] else "restored")

    async def author(self, call: Call) -> Reply:
        return Reply({"author": await self._moderation.author(question_id=call.path["id"])})


def _reported(reported: Reported) -> Reply:
    return Reply({"report_id": reported.report_id}, status=201 if reported.created else 200)
