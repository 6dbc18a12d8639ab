"""Logging in, tokens and sessions."""

from typing import Any

from marshmallow import ValidationError, fields, validate

from controllers.schemas.base import (
    LARGEST_PAGE,
    ClientMessageId,
    Id,
    QueryCount,
    ReplySchema,
    RequestSchema,
    Text,
    Timestamp,
    page_of,
)

LONGEST_PASSWORD = 1000


class Password(fields.String):
    """Kept to the character, blanks included; how good it must be is the service's to say."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"format": "password"}, **kwargs)
        self.validators.append(validate.Length(min=1, max=LONGEST_PASSWORD))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise ValidationError("not_text")
        return value


class EmptyBodySchema(RequestSchema):
    """Nothing, or `{}`."""


class LoginSchema(RequestSchema):
    username = Text(max=100, required=True)
    password = Password(required=True)


class ChangePasswordSchema(RequestSchema):
    current_password = Password(data_key="currentPassword", required=True)
    new_password = Password(data_key="newPassword", required=True)


class OwnUserSchema(ReplySchema):
    """Of a repositories.users.UserRow."""

    id = Id(required=True)
    external_id = fields.String(data_key="externalId", allow_none=True, required=True)
    username = fields.String(required=True)
    first_name = fields.String(data_key="firstName", required=True)
    last_name = fields.String(data_key="lastName", required=True)
    role = fields.String(required=True)
    email = fields.String(allow_none=True, required=True)


class SignedInSchema(ReplySchema):
    """Of a services.auth.SignedIn; the refresh token goes into the cookie only."""

    access_token = fields.String(data_key="accessToken", required=True)
    expires_in = fields.Integer(data_key="expiresIn", required=True)
    user = fields.Nested(OwnUserSchema, required=True)


class MeSchema(ReplySchema):
    """`sealKey`: 32 bytes in base64, always the same for one person."""

    user = fields.Nested(OwnUserSchema, required=True)
    seal_key = fields.String(data_key="sealKey", required=True)


class SessionSchema(ReplySchema):
    """Of a services.sessions.SessionView."""

    id = fields.UUID(attribute="row.id", required=True)
    current = fields.Boolean(required=True)
    device = fields.String(attribute="row.device", allow_none=True, required=True)
    address = fields.String(attribute="row.address", allow_none=True, required=True)
    created_at = Timestamp(data_key="createdAt", attribute="row.created_at", required=True)
    last_used_at = Timestamp(data_key="lastUsedAt", attribute="row.last_used_at", required=True)
    expires_at = Timestamp(data_key="expiresAt", attribute="row.expires_at", required=True)


SessionPageSchema = page_of(SessionSchema)


class SessionQuery(RequestSchema):
    """`before` is the session that ended the page before."""

    limit = QueryCount(min=1, max=LARGEST_PAGE, load_default=50)
    before = ClientMessageId()


class SessionPath(RequestSchema):
    session_id = ClientMessageId(data_key="id", required=True)


class RefreshTokenSchema(RequestSchema):
    """The event refresh_token."""

    token = fields.String(required=True, validate=validate.Length(min=1, max=8192))


class RenewedSchema(ReplySchema):
    expires_in = fields.Integer(data_key="expiresIn", required=True)
