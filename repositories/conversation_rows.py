"""What lists of conversations are made of."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationRow:
    """A conversation as one of its participants sees it. `rank` orders a list; it is 0 outside of one."""

    viewer_id: int
    id: int
    kind: str
    status: str
    context_type: str | None
    context_id: str | None
    key_id: str
    data_key: bytes
    other_id: int
    other_username: str
    other_first_name: str
    other_last_name: str
    other_role: str
    other_email: str | None
    other_search_name: str
    last_sender_id: int | None
    last_content: bytes | None
    last_message_key: UUID | None
    last_version: int | None
    last_type: str | None
    last_sent_at: datetime.datetime | None
    last_deleted_at: datetime.datetime | None
    last_message_at: datetime.datetime | None
    activity_at: datetime.datetime
    unread: int
    read_seq: int
    delivered_seq: int
    muted: bool
    pinned: bool
    marked_unread: bool
    urgent_count: int
    awaiting_reply: bool
    message_count: int
    last_seq: int
    last_change: int
    created_at: datetime.datetime
    updated_at: datetime.datetime
    obstacle: str | None
    context_version: int | None
    context_closed: bool
    context_title: bytes | None
    context_title_key: UUID | None
    context_key_id: str | None
    context_data_key: bytes | None
    # How many files the last message has, and what they all are, see sql/migrations/0019_last_files.sql.
    last_files: Sequence[Any] | None = None
    rank: int = 0
