"""Prescriptions and exams, for administrators and host applications. A context is named by its type and the host's id."""

from typing import Any

from controllers.rest.contract import Access, Call, Endpoint, Reply
from controllers.schemas.contexts import (
    AdminContextPageSchema,
    AdminContextPath,
    AdminContextReplySchema,
    AdminContextsQuery,
    EndContextQuery,
    PutContextReplySchema,
    PutContextSchema,
)
from repositories.contexts import ContextFilter, ContextName
from services.care_links import LinkPeople, PersonKey
from services.contexts import ContextDetails, Contexts

TAG = "administration"
ALL, ONE = "/api/admin/contexts", "/api/admin/contexts/{id}"


class AdminContextEndpoints:
    def __init__(self, *, contexts: Contexts) -> None:
        self._contexts = contexts

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(
                "GET",
                ALL,
                self.list,
                "Contexts without their titles, latest first",
                TAG,
                access=Access.ADMIN,
                query=AdminContextsQuery,
                replies={200: AdminContextPageSchema},
            ),
            Endpoint(
                "PUT",
                ONE,
                self.put,
                "Make, change, close or open again the context of this type and id; repeatable",
                TAG,
                access=Access.ADMIN,
                limit="request",
                parameters=AdminContextPath,
                body=PutContextSchema,
                replies={201: PutContextReplySchema, 200: PutContextReplySchema},
                errors=("CONFLICT",),
            ),
            Endpoint(
                "DELETE",
                ONE,
                self.end,
                "Close a context: nobody writes in its conversation any more",
                TAG,
                access=Access.ADMIN,
                limit="request",
                parameters=AdminContextPath,
                query=EndContextQuery,
                replies={200: AdminContextReplySchema},
                errors=("NOT_FOUND",),
            ),
        ]

    async def list(self, call: Call) -> Reply:
        filters = ContextFilter(
            type=call.query.get("type"),
            patient_id=call.query.get("patient_id"),
            doctor_id=call.query.get("doctor_id"),
            closed=call.query.get("closed"),
        )
        page = await self._contexts.page(filters=filters, before=call.query.get("before"), limit=call.query["limit"])
        return Reply({"items": page.items, "has_more": page.next is not None, "next": page.next})

    async def put(self, call: Call) -> Reply:
        details = ContextDetails(
            version=call.body["version"],
            title=call.body["title"],
            people=LinkPeople(patient=_key(call.body, "patient"), doctor=_key(call.body, "doctor")),
            closed=call.body["state"] == "closed",
        )
        name = ContextName(call.body["type"], call.path["id"])
        result = await self._contexts.put(call.user, call.origin, name, details)
        return Reply(result, status=201 if result.created else 200)

    async def end(self, call: Call) -> Reply:
        name = ContextName(call.query["type"], call.path["id"])
        return Reply({"context": await self._contexts.end(call.user, call.origin, name)})


def _key(body: dict[str, Any], side: str) -> PersonKey:
    return PersonKey(user_id=body.get(f"{side}_id"), external_id=body.get(f"{side}_external_id"))
