"""Prescriptions and exams: as host applications put them, as clients reach them, and what they are called."""

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from controllers.schemas.base import (
    ExternalId,
    Id,
    PathId,
    QueryBool,
    ReplySchema,
    RequestSchema,
    Text,
    Timestamp,
    page_of,
)
from controllers.schemas.care_links import LinkPersonSchema
from controllers.schemas.messages import NewMessageFields
from controllers.schemas.users import IdPageQuery
from services.context_types import ContextAction, ContextType
from services.principal import ROLES

LONGEST_TYPE = 50
LONGEST_TITLE = 200
HIGHEST_VERSION = 2**31 - 1
LANGUAGES = ("fr", "en")
STATES = ("active", "closed")


class AdminContextSchema(ReplySchema):
    """Of a repositories.contexts.ContextRow. Without the title, which is for the two people."""

    id = fields.String(attribute="external_id", required=True)
    type = fields.String(required=True)
    version = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    patient = fields.Nested(LinkPersonSchema, required=True)
    doctor = fields.Nested(LinkPersonSchema, required=True)
    created_at = Timestamp(data_key="createdAt", required=True)
    updated_at = Timestamp(data_key="updatedAt", required=True)
    closed_at = Timestamp(data_key="closedAt", allow_none=True, required=True)

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        if attr == "state":
            return "active" if obj.closed_at is None else "closed"
        if attr not in ("patient", "doctor"):
            return super().get_attribute(obj, attr, default)
        return {name: getattr(obj, f"{attr}_{name}") for name in ("id", "external_id", "username", "name")}


AdminContextPageSchema = page_of(AdminContextSchema)


class AdminContextReplySchema(ReplySchema):
    context = fields.Nested(AdminContextSchema, required=True)


class PutContextReplySchema(AdminContextReplySchema):
    created = fields.Boolean(required=True)


class AdminContextPath(RequestSchema):
    """The host application's own id; with the type it names a context."""

    id = ExternalId(required=True)


class AdminContextsQuery(IdPageQuery):
    type = Text(max=LONGEST_TYPE)
    patient_id = PathId(data_key="patientId")
    doctor_id = PathId(data_key="doctorId")
    closed = QueryBool()


class EndContextQuery(RequestSchema):
    type = Text(max=LONGEST_TYPE, required=True)


class PutContextSchema(RequestSchema):
    """Each of the two people by id or by external id, not both."""

    type = Text(max=LONGEST_TYPE, required=True)
    version = Id(required=True, validate=validate.Range(max=HIGHEST_VERSION))
    title = Text(max=LONGEST_TITLE, required=True)
    state = fields.String(validate=validate.OneOf(STATES), load_default="active")
    patient_id = Id(data_key="patientId")
    patient_external_id = ExternalId(data_key="patientExternalId")
    doctor_id = Id(data_key="doctorId")
    doctor_external_id = ExternalId(data_key="doctorExternalId")

    @validates_schema(skip_on_field_errors=True)
    def one_key_each(self, data: dict[str, Any], **_: Any) -> None:
        for side in ("patient", "doctor"):
            by_id, by_external_id = f"{side}_id" in data, f"{side}_external_id" in data
            if by_id and by_external_id:
                raise ValidationError(f"not_with:{side}Id", f"{side}ExternalId")
            if not by_id and not by_external_id:
                raise ValidationError("required", f"{side}Id")


class ContextNameFields(RequestSchema):
    context_type = Text(data_key="contextType", max=LONGEST_TYPE, required=True)
    context_id = ExternalId(data_key="contextId", required=True)


class ContextPath(ContextNameFields):
    pass


class OpenSessionSchema(ContextNameFields):
    pass


class ArchiveSessionSchema(RequestSchema):
    """PATCH …/archive takes an empty body."""


class SendInContextSchema(NewMessageFields, ContextNameFields):
    pass


class PermissionsPath(ContextNameFields):
    role = fields.String(data_key="userType", validate=validate.OneOf(ROLES), required=True)
    user_id = PathId(data_key="userId", required=True)


class PermissionSchema(ReplySchema):
    allowed = fields.Boolean(required=True)
    reason = fields.String(allow_none=True, required=True)


class PermissionsSchema(ReplySchema):
    """What the person may do, each with the reason why not."""

    context_type = fields.String(data_key="contextType", required=True)
    context_id = fields.String(data_key="contextId", required=True)
    version = fields.Integer(allow_none=True, required=True)
    user_id = Id(data_key="userId", required=True)
    role = fields.String(data_key="userType", required=True)
    conversation_id = Id(data_key="conversationId", allow_none=True, required=True)
    actions = fields.Dict(keys=fields.String(), values=fields.Nested(PermissionSchema), required=True)


class PermissionsReplySchema(ReplySchema):
    permissions = fields.Nested(PermissionsSchema, required=True)


class SaidSchema(RequestSchema):
    """The same in every language that clients speak."""

    fr = Text(max=500, required=True)
    en = Text(max=500, required=True)


class ContextActionSchema(RequestSchema):
    action = Text(max=100, required=True)
    label = fields.Nested(SaidSchema, required=True)

    @post_load
    def made(self, data: dict[str, Any], **_: Any) -> ContextAction:
        return ContextAction(**data)


class ContextTypeSchema(RequestSchema):
    """As it stands in the file of CONTEXT_TYPES, and as clients read it."""

    type = Text(max=LONGEST_TYPE, required=True)
    icon = Text(max=50, required=True)
    label = fields.Nested(SaidSchema, required=True)
    title = fields.Nested(SaidSchema, required=True)
    description = fields.Nested(SaidSchema, required=True)
    button = fields.Nested(SaidSchema, required=True)
    actions = fields.List(fields.Nested(ContextActionSchema), required=True)

    @post_load
    def made(self, data: dict[str, Any], **_: Any) -> ContextType:
        return ContextType(**data)


ContextTypePageSchema = page_of(ContextTypeSchema)
