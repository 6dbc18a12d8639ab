"""People: as others see them, and as administrators do."""

from marshmallow import fields, validate

from controllers.schemas.auth import OwnUserSchema, Password
from controllers.schemas.base import (
    LARGEST_PAGE,
    ClientMessageId,
    ExternalId,
    Flag,
    Id,
    PathId,
    QueryBool,
    QueryCount,
    ReplySchema,
    RequestSchema,
    Text,
    Timestamp,
    page_of,
)
from services.principal import ROLES


class IdPageQuery(RequestSchema):
    """`before` is the id that ended the page before."""

    limit = QueryCount(min=1, max=LARGEST_PAGE, load_default=50)
    before = PathId()


class AvailableUsersQuery(IdPageQuery):
    role = fields.String(validate=validate.OneOf(ROLES))


class SearchUsersQuery(AvailableUsersQuery):
    q = Text(max=100, min=0)


class PersonSchema(ReplySchema):
    """Of a services.people.PersonView."""

    id = Id(attribute="row.id", required=True)
    username = fields.String(attribute="row.username", required=True)
    first_name = fields.String(data_key="firstName", attribute="row.first_name", required=True)
    last_name = fields.String(data_key="lastName", attribute="row.last_name", required=True)
    role = fields.String(attribute="row.role", required=True)
    email = fields.String(attribute="row.email", allow_none=True, required=True)
    online = fields.Boolean(required=True)
    conversation_id = Id(data_key="conversationId", attribute="row.conversation_id", allow_none=True, required=True)


PersonPageSchema = page_of(PersonSchema)


class UserSchema(OwnUserSchema):
    """Of a repositories.users.UserRow, for administrators."""

    disabled = fields.Boolean(required=True)
    has_password = fields.Boolean(data_key="hasPassword", required=True)
    last_seen_at = Timestamp(data_key="lastSeenAt", allow_none=True, required=True)
    created_at = Timestamp(data_key="createdAt", required=True)
    updated_at = Timestamp(data_key="updatedAt", required=True)


UserPageSchema = page_of(UserSchema)


class UserReplySchema(ReplySchema):
    user = fields.Nested(UserSchema, required=True)


class PutUserReplySchema(UserReplySchema):
    created = fields.Boolean(required=True)


class UsersQuery(SearchUsersQuery):
    disabled = QueryBool()


class UserPath(RequestSchema):
    user_id = PathId(data_key="id", required=True)


class UserSessionPath(UserPath):
    session_id = ClientMessageId(data_key="sessionId", required=True)


class UserExternalPath(RequestSchema):
    """The place of the id holds the host application's own key here."""

    external_id = ExternalId(data_key="id", required=True)


class ChangeUserSchema(RequestSchema):
    username = Text(max=100)
    first_name = Text(max=100, data_key="firstName")
    last_name = Text(max=100, data_key="lastName")
    email = Text(max=254, allow_none=True, validate=validate.Email())
    role = fields.String(validate=validate.OneOf(ROLES))
    disabled = Flag()
    password = Password()


class PutUserSchema(RequestSchema):
    username = Text(max=100, required=True)
    first_name = Text(max=100, data_key="firstName", required=True)
    last_name = Text(max=100, data_key="lastName", required=True)
    email = Text(max=254, allow_none=True, load_default=None, validate=validate.Email())
    role = fields.String(required=True, validate=validate.OneOf(ROLES))
    disabled = Flag()


class CreateUserSchema(PutUserSchema):
    external_id = ExternalId(data_key="externalId", allow_none=True)
    password = Password()


class EndedSessionsSchema(ReplySchema):
    ended_count = fields.Integer(data_key="endedCount", required=True)
