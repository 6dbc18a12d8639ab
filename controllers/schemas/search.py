"""Search in messages."""

from marshmallow import fields

from controllers.schemas.base import PathId, QueryCount, ReplySchema, RequestSchema, Text, page_of
from controllers.schemas.messages import MessageSchema

LONGEST_QUERY = 200
LARGEST_PAGE = 50


class SearchQuery(RequestSchema):
    """`before` is the id that ended the page before."""

    q = Text(max=LONGEST_QUERY, required=True)
    conversation_id = PathId(data_key="conversationId")
    limit = QueryCount(min=1, max=LARGEST_PAGE, load_default=20)
    before = PathId()


class ExcerptPartSchema(ReplySchema):
    """A piece of the content as it was written. Parts in a row make the excerpt; `match` ones are to be highlighted."""

    text = fields.String(required=True)
    match = fields.Boolean(required=True)


class HitSchema(ReplySchema):
    """Of a services.search.Hit."""

    message = fields.Nested(MessageSchema, required=True)
    is_mine = fields.Boolean(data_key="isMine", required=True)
    excerpt = fields.List(fields.Nested(ExcerptPartSchema), required=True)


HitPageSchema = page_of(HitSchema)
