"""Care links, for administrators and host applications. PUT takes the external id in the place of the id."""

from typing import Any

from controllers.rest.contract import Access, Call, Endpoint, Reply
from controllers.schemas.base import LARGEST
from controllers.schemas.care_links import (
    CareLinkExternalPath,
    CareLinkPageSchema,
    CareLinkPath,
    CareLinkReplySchema,
    CareLinksQuery,
    PutCareLinkReplySchema,
    PutCareLinkSchema,
)
from repositories.care_links import LinkFilter
from services.care_links import CareLinks, LinkPeople, PersonKey
from services.errors import NotFound

TAG = "administration"
ALL, ONE = "/api/admin/care-links", "/api/admin/care-links/{id}"


class AdminCareLinkEndpoints:
    def __init__(self, *, care_links: CareLinks) -> None:
        self._care_links = care_links

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(
                "GET",
                ALL,
                self.list,
                "Care links, latest first",
                TAG,
                access=Access.ADMIN,
                query=CareLinksQuery,
                replies={200: CareLinkPageSchema},
            ),
            Endpoint(
                "PUT",
                ONE,
                self.put,
                "Make, end or open again the link of this external id (in the place of the id); repeatable",
                TAG,
                access=Access.ADMIN,
                limit="request",
                parameters=CareLinkExternalPath,
                body=PutCareLinkSchema,
                replies={201: PutCareLinkReplySchema, 200: PutCareLinkReplySchema},
                errors=("CONFLICT",),
            ),
            Endpoint(
                "DELETE",
                ONE,
                self.end,
                "End a link, by its id or an external id that is no number: nobody writes in its conversation any more",
                TAG,
                access=Access.ADMIN,
                limit="request",
                parameters=CareLinkPath,
                replies={200: CareLinkReplySchema},
                errors=("NOT_FOUND",),
            ),
        ]

    async def list(self, call: Call) -> Reply:
        filters = LinkFilter(
            patient_id=call.query.get("patient_id"),
            doctor_id=call.query.get("doctor_id"),
            active=call.query.get("active"),
        )
        page = await self._care_links.page(filters=filters, before=call.query.get("before"), limit=call.query["limit"])
        return Reply({"items": page.items, "has_more": page.next is not None, "next": page.next})

    async def put(self, call: Call) -> Reply:
        people = LinkPeople(patient=_key(call.body, "patient"), doctor=_key(call.body, "doctor"))
        result = await self._care_links.put(people, external_id=call.path["external_id"], until=call.body["until"])
        return Reply(result, status=201 if result.created else 200)

    async def end(self, call: Call) -> Reply:
        key: str = call.path["key"]
        if not (key.isascii() and key.isdecimal()):
            return Reply({"link": await self._care_links.end(external_id=key)})
        if int(key) > LARGEST:
            raise NotFound
        return Reply({"link": await self._care_links.end(link_id=int(key))})


def _key(body: dict[str, Any], side: str) -> PersonKey:
    return PersonKey(user_id=body.get(f"{side}_id"), external_id=body.get(f"{side}_external_id"))
