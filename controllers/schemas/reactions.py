"""Reactions, as they come in and as they go out, on both transports."""

from marshmallow import fields

from controllers.schemas.base import Id, ReplySchema, RequestSchema
from controllers.schemas.emoji import Emoji
from controllers.schemas.messages import MessageSchema


class ReactionBody(RequestSchema):
    emoji = Emoji(required=True)


class ReactSchema(ReactionBody):
    message_id = Id(data_key="messageId", required=True)


class ReactedSchema(ReplySchema):
    """`changed`: false when it was so already."""

    message = fields.Nested(MessageSchema, required=True)
    changed = fields.Boolean(required=True)
