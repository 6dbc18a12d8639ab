"""One's data: the archive of it, and its erasure."""

from marshmallow import fields, validate

from controllers.schemas.base import Id, PathId, ReplySchema, RequestSchema, Seq, Text, Timestamp, page_of
from controllers.schemas.exports import STATES, ProofSchema


class AskForOwnArchiveSchema(RequestSchema):
    """Nothing to say: `{}`."""


class AskForArchiveSchema(RequestSchema):
    """By an administrator: on whose word."""

    reason = Text(min=1, max=500, required=True)


class AskedForArchiveSchema(ReplySchema):
    archive_id = Id(data_key="archiveId", required=True)


class ArchivePath(RequestSchema):
    archive_id = PathId(data_key="id", required=True)


class ArchiveSchema(ReplySchema):
    """Of a services.person_archives.PersonArchive. `url` and `proof` are there while it is ready."""

    id = Id(data_key="archiveId", required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    progress = Seq(required=True)
    size = Seq(allow_none=True, required=True)
    url = fields.String(allow_none=True, required=True)
    proof = fields.Nested(ProofSchema, allow_none=True, required=True)
    created_at = Timestamp(data_key="createdAt", required=True)
    finished_at = Timestamp(data_key="finishedAt", allow_none=True, required=True)
    expires_at = Timestamp(data_key="expiresAt", allow_none=True, required=True)


ArchivePageSchema = page_of(ArchiveSchema)


class ArchiveProgressSchema(ReplySchema):
    """Of a services.events.ArchiveProgressed."""

    archive_id = Id(data_key="archiveId", required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    progress = Seq(required=True)


class EraseSchema(RequestSchema):
    reason = Text(min=1, max=500, required=True)


class RemovedSchema(ReplySchema):
    what = fields.String(required=True)
    count = Seq(allow_none=True, required=True)


class KeptSchema(ReplySchema):
    what = fields.String(required=True)
    count = Seq(allow_none=True, required=True)
    why = fields.String(required=True)
    until = Timestamp(allow_none=True, required=True)
    messages = Seq(allow_none=True, required=True)


class ErasureSchema(ReplySchema):
    """Of a services.erasure_plan.ErasureReport."""

    user_id = Id(data_key="userId", required=True)
    state = fields.String(required=True, validate=validate.OneOf(("planned", "refused", "waiting", "finished")))
    pseudonym = fields.String(allow_none=True, required=True)
    name_kept = fields.String(data_key="nameKept", allow_none=True, required=True)
    removed = fields.List(fields.Nested(RemovedSchema), required=True)
    kept = fields.List(fields.Nested(KeptSchema), required=True)
