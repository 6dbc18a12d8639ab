"""No glass is broken without a word to those whose conversation it is."""

import pytest

from repositories.errors import OutcomeUnknown
from services.break_glass import BreakGlass
from services.errors import Forbidden
from services.events import NotificationsTold
from services.principal import ADMIN
from tests.support.forgetful import LosesAnAnswer
from tests.support.house import House
from tests.support.office import Office
from tests.support.postgres import ScratchDatabase


@pytest.mark.parametrize("stored", [True, False])
async def test_who_can_read_is_told_of_though_the_answer_to_the_commit_was_lost(
    house: House, clean_database: ScratchDatabase, stored: bool
) -> None:
    office = Office(house, clean_database.owner_url)
    pair, administrator = await house.care_pair(), await house.person(ADMIN)
    glass = BreakGlass(
        unit_of_work=LosesAnAnswer(house.database, "trail", stored=stored),
        opener=house.opener,
        notifications=office.notifications,
    )
    with pytest.raises(OutcomeUnknown):
        await glass.open(administrator, conversation_id=pair.conversation_id, reason="urgence vitale")
    if stored:
        await glass.read(administrator, conversation_id=pair.conversation_id, before_seq=None, limit=9)
        told = {fact.user_id for fact in house.published.of(NotificationsTold)}
        assert told == {pair.first.user_id, pair.second.user_id}
    else:
        with pytest.raises(Forbidden):
            await glass.read(administrator, conversation_id=pair.conversation_id, before_seq=None, limit=9)
    for person in (pair.first, pair.second):
        assert await office.kinds(person) == ["conversation_opened"] * stored
