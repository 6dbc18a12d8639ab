"""Legal holds, for administrators. Who placed and released them, and why, is kept for good."""

from controllers.rest.contract import Access, Call, Endpoint, Reply
from controllers.schemas.legal_holds import (
    HoldPageSchema,
    HoldPath,
    HoldSchema,
    HoldsQuery,
    PlaceHoldSchema,
    ReleaseHoldSchema,
)
from services.legal_holds import LegalHolds

TAG = "administration"
ALL = "/api/admin/legal-holds"


class AdminLegalHoldEndpoints:
    def __init__(self, *, holds: LegalHolds) -> None:
        self._holds = holds

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(
                "GET",
                ALL,
                self.list,
                "Legal holds, latest first; all: those that were released too",
                TAG,
                access=Access.ADMIN,
                query=HoldsQuery,
                replies={200: HoldPageSchema},
            ),
            Endpoint(
                "POST",
                ALL,
                self.place,
                "Keep a conversation, or all of a person, whatever its retention; give one of the two ids",
                TAG,
                access=Access.ADMIN,
                limit="request",
                body=PlaceHoldSchema,
                replies={201: HoldSchema},
                errors=("NOT_FOUND",),
            ),
            Endpoint(
                "POST",
                f"{ALL}/{{id}}/release",
                self.release,
                "Lift a hold: what is due is shredded when retention comes by",
                TAG,
                access=Access.ADMIN,
                limit="request",
                parameters=HoldPath,
                body=ReleaseHoldSchema,
                replies={200: HoldSchema},
                errors=("NOT_FOUND",),
            ),
        ]

    async def list(self, call: Call) -> Reply:
        page = await self._holds.page(
            before=call.query.get("before"), with_released=call.query["with_released"], limit=call.query["limit"]
        )
        return Reply({"items": page.items, "has_more": page.next is not None, "next": page.next})

    async def place(self, call: Call) -> Reply:
        hold = await self._holds.place(
            conversation_id=call.body.get("conversation_id"),
            user_id=call.body.get("user_id"),
            reason=call.body["reason"],
            placed_by=await self._holds.name_of(call.user),
        )
        return Reply(hold, status=201, reason=hold.reason)

    async def release(self, call: Call) -> Reply:
        reason = call.body["reason"]
        hold = await self._holds.release(
            hold_id=call.path["hold_id"], reason=reason, released_by=await self._holds.name_of(call.user)
        )
        return Reply(hold, reason=reason)
