"""Exports over REST."""

from controllers.rest.contract import Call, Endpoint, Reply
from controllers.schemas.conversations import ConversationPath
from controllers.schemas.exports import (
    AskedForExportSchema,
    AskForExportSchema,
    ContextExportQuery,
    ContextPath,
    ExportKeysSchema,
    ExportPath,
    ExportSchema,
)
from services.exports import Exports

TAG = "exports"


class ExportEndpoints:
    def __init__(self, *, exports: Exports) -> None:
        self._exports = exports

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(
                "POST",
                "/api/messaging/conversations/{id}/exports",
                self.ask,
                "Have the conversation exported in the background; the event export_progress follows",
                TAG,
                limit="export",
                parameters=ConversationPath,
                body=AskForExportSchema,
                replies={202: AskedForExportSchema},
                errors=("NOT_FOUND", "FORBIDDEN", "CONFLICT"),
            ),
            Endpoint(
                "GET",
                "/api/messaging/exports/{id}",
                self.find,
                "How far one's export is; its link and its proof when it is ready",
                TAG,
                parameters=ExportPath,
                replies={200: ExportSchema},
                errors=("NOT_FOUND", "FORBIDDEN"),
            ),
            Endpoint(
                "GET",
                "/api/messaging/exports/{id}/file",
                self.download,
                "The exported file, until it expires",
                TAG,
                parameters=ExportPath,
                replies={200: None},
                errors=("NOT_FOUND", "FORBIDDEN", "CONFLICT"),
                streams=True,
            ),
            Endpoint(
                "GET",
                "/api/messaging/export/{contextType}/{contextId}",
                self.of_context,
                "The conversation about a prescription or exam, streamed",
                TAG,
                limit="export",
                parameters=ContextPath,
                query=ContextExportQuery,
                replies={200: None},
                errors=("CONTEXT_ACCESS_DENIED", "NOT_FOUND", "FORBIDDEN", "CONFLICT"),
                streams=True,
            ),
            Endpoint(
                "GET",
                "/api/messaging/export-keys",
                self.keys,
                "The public keys that exports of this installation are or were signed with",
                TAG,
                replies={200: ExportKeysSchema},
            ),
        ]

    async def ask(self, call: Call) -> Reply:
        export_id = await self._exports.ask(
            call.user, call.origin, conversation_id=call.path["conversation_id"], format=call.body["format"]
        )
        return Reply({"export_id": export_id}, status=202)

    async def find(self, call: Call) -> Reply:
        return Reply(await self._exports.find(call.user, export_id=call.path["export_id"]))

    async def download(self, call: Call) -> Reply:
        return Reply(stream=await self._exports.download(call.user, call.origin, export_id=call.path["export_id"]))

    async def of_context(self, call: Call) -> Reply:
        stream = await self._exports.of_context(call.user, call.origin, **call.path, format=call.query["format"])
        return Reply(stream=stream)

    async def keys(self, call: Call) -> Reply:
        return Reply({"items": await self._exports.public_keys()})
