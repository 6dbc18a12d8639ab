"""Exports: asked for, followed, fetched."""

from marshmallow import fields, validate

from controllers.schemas.base import ExternalId, Id, PathId, ReplySchema, RequestSchema, Seq, Text, Timestamp

FORMATS = ("json", "html", "pdf", "zip")
STATES = ("queued", "running", "ready", "failed", "expired")


class AskForExportSchema(RequestSchema):
    format = fields.String(required=True, validate=validate.OneOf(FORMATS))


class AskedForExportSchema(ReplySchema):
    export_id = Id(data_key="exportId", required=True)


class ExportPath(RequestSchema):
    export_id = PathId(data_key="id", required=True)


class ContextPath(RequestSchema):
    context_type = Text(data_key="contextType", required=True, max=100)
    context_id = ExternalId(data_key="contextId", required=True)


class ContextExportQuery(RequestSchema):
    format = fields.String(validate=validate.OneOf(("json", "html")), load_default="json")


class ProofSchema(ReplySchema):
    """Of a services.export_proof.Proof; kept beside the file as FILE.proof.json it lets the file be verified offline."""

    manifest = fields.String(required=True)
    signature = fields.String(required=True)
    public_key = fields.String(data_key="publicKey", required=True)


class ExportSchema(ReplySchema):
    """Of a services.exports.Export. `url` and `proof` are there while it is ready; a ZIP holds its proof itself too."""

    id = Id(data_key="exportId", required=True)
    conversation_id = Id(data_key="conversationId", required=True)
    format = fields.String(required=True, validate=validate.OneOf(FORMATS))
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    progress = Seq(required=True)
    size = Seq(allow_none=True, required=True)
    url = fields.String(allow_none=True, required=True)
    proof = fields.Nested(ProofSchema, allow_none=True, required=True)
    created_at = Timestamp(data_key="createdAt", required=True)
    finished_at = Timestamp(data_key="finishedAt", allow_none=True, required=True)
    expires_at = Timestamp(data_key="expiresAt", allow_none=True, required=True)


class ExportProgressSchema(ReplySchema):
    """Of a services.events.ExportProgressed."""

    export_id = Id(data_key="exportId", required=True)
    conversation_id = Id(data_key="conversationId", required=True)
    format = fields.String(required=True, validate=validate.OneOf(FORMATS))
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    progress = Seq(required=True)


class ExportKeySchema(ReplySchema):
    id = fields.String(required=True)
    public_key = fields.String(data_key="publicKey", required=True)
    current = fields.Boolean(required=True)


class ExportKeysSchema(ReplySchema):
    items = fields.List(fields.Nested(ExportKeySchema), required=True)
