"""Care links, for administrators and host applications."""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from controllers.schemas.base import ExternalId, Id, PathId, QueryBool, ReplySchema, RequestSchema, Timestamp, page_of
from controllers.schemas.users import IdPageQuery


class LinkPersonSchema(ReplySchema):
    id = Id(required=True)
    external_id = fields.String(data_key="externalId", allow_none=True, required=True)
    username = fields.String(required=True)
    name = fields.String(required=True)


class CareLinkSchema(ReplySchema):
    """Of a repositories.care_links.LinkRow."""

    id = Id(required=True)
    external_id = fields.String(data_key="externalId", allow_none=True, required=True)
    patient = fields.Nested(LinkPersonSchema, required=True)
    doctor = fields.Nested(LinkPersonSchema, required=True)
    since = Timestamp(required=True)
    until = Timestamp(allow_none=True, required=True)
    active = fields.Boolean(required=True)

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        if attr not in ("patient", "doctor"):
            return super().get_attribute(obj, attr, default)
        return {name: getattr(obj, f"{attr}_{name}") for name in ("id", "external_id", "username", "name")}


CareLinkPageSchema = page_of(CareLinkSchema)


class CareLinkReplySchema(ReplySchema):
    link = fields.Nested(CareLinkSchema, required=True)


class PutCareLinkReplySchema(CareLinkReplySchema):
    created = fields.Boolean(required=True)


class CareLinksQuery(IdPageQuery):
    patient_id = PathId(data_key="patientId")
    doctor_id = PathId(data_key="doctorId")
    active = QueryBool()


class CareLinkPath(RequestSchema):
    """The id of the link, or its external id: what is made of digits only counts as the id."""

    key = ExternalId(data_key="id", required=True)


class CareLinkExternalPath(RequestSchema):
    """The place of the id holds the host application's own key here, whatever it is made of."""

    external_id = ExternalId(data_key="id", required=True)


class PutCareLinkSchema(RequestSchema):
    """Each of the two by id or by external id, not both. `until`: since when it is over; null or missing: open."""

    patient_id = Id(data_key="patientId")
    patient_external_id = ExternalId(data_key="patientExternalId")
    doctor_id = Id(data_key="doctorId")
    doctor_external_id = ExternalId(data_key="doctorExternalId")
    until = Timestamp(allow_none=True, load_default=None)

    @validates_schema(skip_on_field_errors=True)
    def one_key_each(self, data: dict[str, Any], **_: Any) -> None:
        for side in ("patient", "doctor"):
            by_id, by_external_id = f"{side}_id" in data, f"{side}_external_id" in data
            if by_id and by_external_id:
                raise ValidationError(f"not_with:{side}Id", f"{side}ExternalId")
            if not by_id and not by_external_id:
                raise ValidationError("required", f"{side}Id")
