"""Mentors: what is asked of the directory, and what is shown of them."""

import re
from typing import Any

from marshmallow import ValidationError, fields, validate

from controllers.schemas.base import Id, PageQuery, PathId, ReplySchema, RequestSchema, Seq, Text, Timestamp, page_of
from repositories.mentors import MentorFilter
from services.countries import COUNTRIES

AVAILABILITIES = ("available", "limited", "unavailable")
_LANGUAGE = re.compile(r"[a-z]{2,3}", re.ASCII)


class Country(Text):
    """ISO 3166-1 alpha-2, such as FR."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max=2, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        code = super()._deserialize(value, attr, data, **kwargs)
        if code not in COUNTRIES:
            raise ValidationError("not_country")
        return code


class Language(Text):
    """ISO 639, such as fr."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max=3, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        code = super()._deserialize(value, attr, data, **kwargs)
        if _LANGUAGE.fullmatch(code) is None:
            raise ValidationError("not_language")
        return code


class Specialty(Text):
    """A few words."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max=60, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        label = super()._deserialize(value, attr, data, **kwargs)
        if not any(character.isalnum() for character in label):
            raise ValidationError("no_word")
        return " ".join(label.split())


class MentorFilterQuery(RequestSchema):
    q = Text(max=100, min=0)
    country = Country()
    specialty = Specialty()
    language = Language()
    availability = fields.String(validate=validate.OneOf(AVAILABILITIES))


class MentorsQuery(MentorFilterQuery, PageQuery):
    """`specialty`: accents and case do not matter."""


class MentorSchema(ReplySchema):
    """`responseSeconds` is the median of the latest answers, null when there are too few."""

    id = Id(attribute="row.id", required=True)
    username = fields.String(attribute="row.username", required=True)
    first_name = fields.String(data_key="firstName", attribute="row.first_name", required=True)
    last_name = fields.String(data_key="lastName", attribute="row.last_name", required=True)
    headline = fields.String(attribute="row.headline", required=True)
    country = fields.String(attribute="row.country", allow_none=True, required=True)
    specialties = fields.List(fields.String(), attribute="row.specialties", required=True)
    languages = fields.List(fields.String(), attribute="row.languages", required=True)
    availability = fields.String(attribute="row.availability", required=True, validate=validate.OneOf(AVAILABILITIES))
    answers_accepted = Seq(data_key="answersAccepted", attribute="row.answers_accepted", required=True)
    response_seconds = Seq(data_key="responseSeconds", attribute="row.response_seconds", allow_none=True, required=True)
    online = fields.Boolean(required=True)
    has_avatar = fields.Boolean(data_key="hasAvatar", required=True)
    updated_at = Timestamp(data_key="updatedAt", attribute="row.updated_at", required=True)


class MentorProfileSchema(MentorSchema):
    """`conversationId` is that of the caller with this mentor, if there is one."""

    bio = fields.String(attribute="row.bio", required=True)
    member_since = Timestamp(data_key="memberSince", attribute="row.member_since", required=True)
    conversation_id = Id(data_key="conversationId", attribute="row.conversation_id", allow_none=True, required=True)
    can_message = fields.Boolean(data_key="canMessage", required=True)


MentorPageSchema = page_of(MentorSchema)


class MentorReplySchema(ReplySchema):
    mentor = fields.Nested(MentorProfileSchema, required=True)


class CountSchema(ReplySchema):
    value = fields.String(required=True)
    count = Seq(required=True)


class MentorCountsSchema(ReplySchema):
    """Each list is counted with all filters but its own; most frequent first."""

    total = Seq(required=True)
    countries = fields.List(fields.Nested(CountSchema), required=True)
    specialties = fields.List(fields.Nested(CountSchema), required=True)
    languages = fields.List(fields.Nested(CountSchema), required=True)
    availability = fields.List(fields.Nested(CountSchema), required=True)


class MentorPath(RequestSchema):
    mentor_id = PathId(data_key="id", required=True)


class ChangeMentorSchema(RequestSchema):
    """What is missing stays as it is; a country of null takes it away."""

    headline = Text(max=160, min=0)
    bio = Text(max=4000, min=0)
    country = Country(allow_none=True)
    specialties = fields.List(Specialty(), validate=validate.Length(max=10))
    languages = fields.List(Language(), validate=validate.Length(max=10))
    availability = fields.String(validate=validate.OneOf(AVAILABILITIES))


class AvatarForm(RequestSchema):
    """Nothing stands beside the file."""


def filter_of(query: dict[str, Any]) -> MentorFilter:
    return MentorFilter(
        country=query.get("country"),
        specialty=query.get("specialty"),
        language=query.get("language"),
        availability=query.get("availability"),
    )
