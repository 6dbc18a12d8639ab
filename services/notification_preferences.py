"""How a person wants to be told: by which ways, of what, and when not."""

import datetime
import zoneinfo
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from repositories.notifications import PreferencesRow
from services.errors import ValidationFailed
from services.ports import UnitOfWork
from services.principal import Principal


class NotificationPreferences:
    def __init__(self, *, unit_of_work: UnitOfWork) -> None:
        self._unit_of_work = unit_of_work

    async def get(self, principal: Principal) -> PreferencesRow:
        async with self._unit_of_work.reading() as repositories:
            return await repositories.notifications.preferences(user_id=principal.user_id)

    async def change(self, principal: Principal, changes: Mapping[str, Any]) -> PreferencesRow:
        """`changes` by the names of PreferencesRow; the others stay. Raises ValidationFailed, Unavailable."""
        known = {field.name for field in fields(PreferencesRow)}
        assert set(changes) <= known, "the schema lets nothing else in"
        zone = changes.get("time_zone")
        if zone is not None and zone_of(zone) is None:
            raise ValidationFailed(fields={"quietHours.timeZone": "unknown_time_zone"})
        async with self._unit_of_work.transaction() as repositories:
            row = await repositories.notifications.preferences(user_id=principal.user_id)
            row = replace(row, **changes)
            await repositories.notifications.save_preferences(row, user_id=principal.user_id)
        return row


def zone_of(name: str) -> zoneinfo.ZoneInfo | None:
    """None: there is no such time zone."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        return None


def quiet_until(
    begins: datetime.time | None, ends: datetime.time | None, time_zone: str | None, *, now: datetime.datetime
) -> datetime.datetime | None:
    """When the quiet hours that it is in now end; None outside of any. They may go over midnight.

    A zone that the system has forgotten counts as UTC: too early or late is better than never.
    """
    if begins is None or ends is None or begins == ends:
        return None
    zone = zone_of(time_zone or "UTC") or datetime.UTC
    local = now.astimezone(zone)
    clock = local.time().replace(tzinfo=None)
    over_midnight = begins > ends
    quiet = (clock >= begins or clock < ends) if over_midnight else begins <= clock < ends
    if not quiet:
        return None
    day = local.date() + datetime.timedelta(days=1 if over_midnight and clock >= begins else 0)
    # Of an hour that comes twice the one that it is: the other may be over, and what is put off until then would come at once.
    return datetime.datetime.combine(day, ends, zone).replace(fold=local.fold).astimezone(datetime.UTC)
