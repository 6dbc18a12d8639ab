"""One's archives as a list: what one comes back to."""

from typing import Any

from services.principal import ADMIN, Principal
from tests.integration.test_person_archives import Registry, registry

__all__ = ["registry"]


async def test_ones_archives_are_listed_newest_first_with_what_became_of_them(registry: Registry) -> None:
    house, archives, maker = registry.house, registry.data.archives, registry.data.maker
    pair, admin = await house.care_pair(), await house.person(ADMIN)

    async def listed(who: Principal, **of: Any) -> list[tuple[int, str, bool]]:
        page = await archives.page(who, **{"before": None, "limit": 50, **of})
        return [(one.id, one.state, one.url is not None and one.proof is not None) for one in page.items]

    assert await listed(pair.first) == []
    first = await archives.ask(pair.first, about=pair.first.user_id)
    theirs = await archives.ask(pair.second, about=pair.second.user_id)
    assert await listed(pair.first) == [(first, "queued", False)]
    assert await maker.make_next()
    assert await maker.make_next()
    second = await archives.ask(admin, about=pair.first.user_id)
    assert await listed(pair.first) == [(second, "queued", False), (first, "ready", True)]
    assert await listed(pair.second) == [(theirs, "ready", True)]
    assert await listed(admin) == []

    begin = await archives.page(pair.first, before=None, limit=1)
    assert ([one.id for one in begin.items], begin.next) == ([second], second)
    end = await archives.page(pair.first, before=second, limit=1)
    assert ([one.id for one in end.items], end.next) == ([first], None)

    # As soon as its time is over, whether its file was removed yet or not.
    registry.run("UPDATE person_archives SET expires_at = now() - interval '1 second' WHERE id = %s", first)
    assert await listed(pair.first, before=second) == [(first, "expired", False)]
