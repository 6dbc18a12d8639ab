"""Read and delivered."""

from controllers.schemas.base import Flag, Id, ReplySchema, RequestSchema, Seq, Timestamp


class ReadSchema(RequestSchema):
    up_to_seq = Seq(data_key="upToSeq", allow_none=True)


class MarkAsReadSchema(ReadSchema):
    conversation_id = Id(data_key="conversationId", required=True)


class MarkAsDeliveredSchema(RequestSchema):
    conversation_id = Id(data_key="conversationId", required=True)
    up_to_seq = Seq(data_key="upToSeq", required=True)


class ReadResultSchema(ReplySchema):
    updated_count = Seq(data_key="updatedCount", required=True)
    unread_count = Seq(data_key="unreadCount", required=True)


class DeliveredResultSchema(ReplySchema):
    delivered_seq = Seq(data_key="deliveredSeq", required=True)


class UnreadCountSchema(ReplySchema):
    unread_count = Seq(data_key="unreadCount", required=True)


class MessagesReadSchema(ReplySchema):
    conversation_id = Id(data_key="conversationId", required=True)
    user_id = Id(data_key="userId", required=True)
    updated_count = Seq(data_key="updatedCount", required=True)
    read_seq = Seq(data_key="readSeq", required=True)
    read_at = Timestamp(data_key="readAt", required=True)


class MessagesDeliveredSchema(ReplySchema):
    conversation_id = Id(data_key="conversationId", required=True)
    user_id = Id(data_key="userId", required=True)
    delivered_seq = Seq(data_key="deliveredSeq", required=True)
    delivered_at = Timestamp(data_key="deliveredAt", required=True)


class ReadFlagSchema(RequestSchema):
    """PATCH …/read takes an empty body."""

    is_read = Flag(data_key="isRead")
