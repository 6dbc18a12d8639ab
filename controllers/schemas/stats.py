"""Connection stats."""

from marshmallow import fields

from controllers.schemas.base import Flag, ReplySchema, RequestSchema, Seq


class StatsSchema(ReplySchema):
    """Of a services.stats.Stats."""

    connections = Seq(required=True)
    users = Seq(required=True)
    multiple_connections = Seq(data_key="multipleConnections", required=True)
    connection_details = fields.Dict(keys=fields.String(), values=Seq(), data_key="connectionDetails", required=True)
    rooms = Seq(required=True)
    nodes = Seq(required=True)


class StatsRequestSchema(RequestSchema):
    subscribe = Flag()


class StatsReplySchema(ReplySchema):
    stats = fields.Nested(StatsSchema, required=True)
