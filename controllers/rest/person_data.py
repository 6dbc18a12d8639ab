"""One's data over REST: the archive of everything about a person, for that person; erasure, for administrators."""

from controllers.rest.contract import Access, Call, Endpoint, Reply
from controllers.schemas.person_data import (
    ArchivePageSchema,
    ArchivePath,
    ArchiveSchema,
    AskedForArchiveSchema,
    AskForArchiveSchema,
    AskForOwnArchiveSchema,
    EraseSchema,
    ErasureSchema,
)
from controllers.schemas.users import IdPageQuery, UserPath
from services.erasure import Erasure
from services.legal_holds import LegalHolds
from services.person_archives import PersonArchives

TAG = "exports"
ADMINISTRATION = "administration"


class PersonDataEndpoints:
    def __init__(self, *, archives: PersonArchives, erasure: Erasure, holds: LegalHolds) -> None:
        self._archives = archives
        self._erasure = erasure
        self._holds = holds

    def endpoints(self) -> list[Endpoint]:
        return [*self._own(), *self._administered()]

    def _own(self) -> list[Endpoint]:
        return [
            Endpoint(
                "POST",
                "/api/messaging/archives",
                self.ask,
                "Have an archive made of everything about oneself; the event archive_progress follows",
                TAG,
                limit="export",
                body=AskForOwnArchiveSchema,
                replies={202: AskedForArchiveSchema},
                errors=("NOT_FOUND",),
            ),
            Endpoint(
                "GET",
                "/api/messaging/archives",
                self.list,
                "One's archives, newest first: the one under way, those that are ready, and what became of the others",
                TAG,
                query=IdPageQuery,
                replies={200: ArchivePageSchema},
            ),
            Endpoint(
                "GET",
                "/api/messaging/archives/{id}",
                self.find,
                "How far one's archive is; its link and its proof when it is ready",
                TAG,
                parameters=ArchivePath,
                replies={200: ArchiveSchema},
                errors=("NOT_FOUND",),
            ),
            Endpoint(
                "GET",
                "/api/messaging/archives/{id}/file",
                self.download,
                "The archive, a ZIP, until it expires",
                TAG,
                parameters=ArchivePath,
                replies={200: None},
                errors=("NOT_FOUND", "CONFLICT"),
                streams=True,
            ),
        ]

    def _administered(self) -> list[Endpoint]:
        return [
            Endpoint(
                "POST",
                "/api/admin/users/{id}/archives",
                self.ask_for,
                "Have the archive of a person made for them: they alone can fetch it",
                ADMINISTRATION,
                access=Access.ADMIN,
                limit="request",
                parameters=UserPath,
                body=AskForArchiveSchema,
                replies={202: AskedForArchiveSchema},
                errors=("NOT_FOUND",),
            ),
            Endpoint(
                "GET",
                "/api/admin/users/{id}/erasure",
                self.report,
                "What erasing this person would remove, and what must be kept and why; or how far it is",
                ADMINISTRATION,
                access=Access.ADMIN,
                parameters=UserPath,
                replies={200: ErasureSchema},
                errors=("NOT_FOUND",),
            ),
            Endpoint(
                "POST",
                "/api/admin/users/{id}/erasure",
                self.erase,
                "Erase this person as far as retention and legal holds let one. There is no way back",
                ADMINISTRATION,
                access=Access.ADMIN,
                limit="request",
                parameters=UserPath,
                body=EraseSchema,
                replies={200: ErasureSchema},
                errors=("NOT_FOUND", "CONFLICT"),
            ),
        ]

    async def ask(self, call: Call) -> Reply:
        return Reply({"archive_id": await self._archives.ask(call.user, about=call.user.user_id)}, status=202)

    async def list(self, call: Call) -> Reply:
        page = await self._archives.page(call.user, before=call.query.get("before"), limit=call.query["limit"])
        return Reply({"items": page.items, "has_more": page.next is not None, "next": page.next})

    async def find(self, call: Call) -> Reply:
        return Reply(await self._archives.find(call.user, archive_id=call.path["archive_id"]))

    async def download(self, call: Call) -> Reply:
        return Reply(stream=await self._archives.download(call.user, archive_id=call.path["archive_id"]))

    async def ask_for(self, call: Call) -> Reply:
        about = call.path["user_id"]
        archive_id = await self._archives.ask(call.user, about=about)
        return Reply({"archive_id": archive_id}, status=202, reason=call.body["reason"], on_behalf_of=about)

    async def report(self, call: Call) -> Reply:
        return Reply(await self._erasure.report(user_id=call.path["user_id"]))

    async def erase(self, call: Call) -> Reply:
        reason = call.body["reason"]
        report = await self._erasure.erase(
            user_id=call.path["user_id"], reason=reason, asked_by=await self._holds.name_of(call.user)
        )
        return Reply(report, reason=reason)
