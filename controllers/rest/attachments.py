"""Files of messages over REST: uploaded before the message is sent, given out to who may read it."""

from collections.abc import Awaitable, Callable

from controllers.rest.contract import Access, Call, Endpoint, Reply
from controllers.schemas.attachments import (
    AttachmentPath,
    DownloadQuery,
    NewTicketSchema,
    TicketQuery,
    TicketSchema,
    UploadedSchema,
    UploadForm,
)
from services.attachments import TICKET_SECONDS, Attachments
from services.principal import Principal

TAG = "attachments"
PATH = "/api/messaging/attachments"
Recall = Callable[[int, str | None, float], Awaitable[Principal]]


class AttachmentEndpoints:
    """`recall` says who stands behind a ticket, if still anybody does."""

    def __init__(self, *, attachments: Attachments, recall: Recall) -> None:
        self._attachments = attachments
        self._recall = recall

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(
                "POST",
                PATH,
                self.upload,
                "Upload a file for a message of this conversation; with conversationId before the file a refusal comes at once",
                TAG,
                limit="upload",
                form=UploadForm,
                replies={201: UploadedSchema},
                errors=("NOT_FOUND", "FORBIDDEN", "CONFLICT", "UNSUPPORTED_FILE"),
            ),
            Endpoint(
                "GET",
                f"{PATH}/{{id}}",
                self.download,
                "The file, or its thumbnail; a Range is answered with 206",
                TAG,
                parameters=AttachmentPath,
                query=DownloadQuery,
                gives_file=True,
                replies={200: None, 206: None},
                errors=("NOT_FOUND", "FORBIDDEN"),
            ),
            Endpoint(
                "POST",
                f"{PATH}/{{id}}/ticket",
                self.ticket,
                "An address for <img> and <audio>, for 60 seconds and as long as the session lives",
                TAG,
                limit="request",
                parameters=AttachmentPath,
                body=NewTicketSchema,
                replies={200: TicketSchema},
                errors=("NOT_FOUND", "FORBIDDEN"),
            ),
            Endpoint(
                "GET",
                f"{PATH}/{{id}}/content",
                self.content,
                "The file for whoever has a ticket",
                TAG,
                access=Access.PUBLIC,
                parameters=AttachmentPath,
                query=TicketQuery,
                gives_file=True,
                replies={200: None, 206: None},
                errors=("AUTH_REQUIRED", "SESSION_EXPIRED", "NOT_FOUND", "FORBIDDEN"),
            ),
        ]

    async def upload(self, call: Call) -> Reply:
        form = call.upload
        attachment = await self._attachments.upload(
            call.user,
            call.origin,
            conversation_id=lambda: None if form.fields is None else form.fields["conversation_id"],
            name=form.name,
            chunks=form.chunks(),
        )
        return Reply({"attachment": attachment}, status=201)

    async def download(self, call: Call) -> Reply:
        file = await self._attachments.download(
            call.user, call.origin, attachment_id=call.path["attachment_id"], thumbnail=call.query["thumbnail"]
        )
        return Reply(file=file)

    async def ticket(self, call: Call) -> Reply:
        attachment_id = call.path["attachment_id"]
        ticket = await self._attachments.ticket(
            call.user, call.origin, attachment_id=attachment_id, thumbnail=call.body["thumbnail"]
        )
        return Reply({"url": f"{PATH}/{attachment_id}/content?ticket={ticket}", "expires_in": TICKET_SECONDS})

    async def content(self, call: Call) -> Reply:
        ticket = self._attachments.checked_ticket(call.query["ticket"], attachment_id=call.path["attachment_id"])
        principal = await self._recall(ticket.user_id, ticket.session_id, ticket.expires_at)
        file = await self._attachments.download(
            principal, call.origin, attachment_id=ticket.attachment_id, thumbnail=ticket.thumbnail
        )
        return Reply(file=file)
