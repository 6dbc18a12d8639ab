"""A clinic that has turned off how long a text may be."""

from collections.abc import Iterator

import pytest
from playwright.async_api import expect

from tests.browser.conftest import LogIn
from tests.support.clinic import Clinic, running_clinic
from tests.support.postgres import DatabaseServer

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture(scope="module")
def clinic(cluster: DatabaseServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    with running_clinic(cluster, tmp_path_factory.mktemp("endless"), MAX_CONTENT_LENGTH="0") as running:
        yield running


async def test_without_a_limit_there_is_room_for_words(log_in: LogIn) -> None:
    paul = await log_in("paul")
    await paul.go("/forum")
    await paul.page.locator("main section li a").first.click()
    answer = paul.page.get_by_label("Your answer")
    await answer.press_sequentially("Perhaps")
    await expect(answer).to_have_value("Perhaps")
