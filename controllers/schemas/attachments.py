"""Files of messages: upload, download, tickets."""

from marshmallow import fields

from controllers.schemas.base import Flag, PathId, QueryBool, ReplySchema, RequestSchema, Seq, Text
from controllers.schemas.messages import AttachmentSchema


class UploadForm(RequestSchema):
    """The fields of the form beside the file."""

    conversation_id = PathId(data_key="conversationId", required=True)


class UploadedSchema(ReplySchema):
    attachment = fields.Nested(AttachmentSchema, required=True)


class AttachmentPath(RequestSchema):
    attachment_id = PathId(data_key="id", required=True)


class DownloadQuery(RequestSchema):
    thumbnail = QueryBool(load_default=False)


class NewTicketSchema(RequestSchema):
    thumbnail = Flag(load_default=False)


class TicketSchema(ReplySchema):
    """`url` is a path on this server, good for `expiresIn` seconds."""

    url = fields.String(required=True)
    expires_in = Seq(data_key="expiresIn", required=True)


class TicketQuery(RequestSchema):
    ticket = Text(max=300, required=True)
