"""A page that stays open for longer than its token lives."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.browser.conftest import LogIn
from tests.support.clinic import Clinic, running_clinic
from tests.support.postgres import DatabaseServer

pytestmark = pytest.mark.asyncio(loop_scope="session")
TOKEN_SECONDS = 4


@pytest.fixture(scope="module")
def clinic(cluster: DatabaseServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    changes = {"ACCESS_TOKEN_SECONDS": str(TOKEN_SECONDS)}
    with running_clinic(cluster, tmp_path_factory.mktemp("short"), **changes) as running:
        yield running


async def test_a_page_renews_its_token_without_losing_its_connection(log_in: LogIn) -> None:
    amelie, doctor = await log_in("amelie"), await log_in("dr.martin")
    await amelie.open_talk_with("Dr. Claire Martin")
    await doctor.open_talk_with("Amélie Durand")
    renewed = 0
    async with asyncio.timeout(TOKEN_SECONDS * 5):
        while renewed < 2:
            reply = await amelie.page.wait_for_event("response", lambda one: one.url.endswith("/api/auth/refresh"))
            assert reply.status == 200
            renewed += 1
            await doctor.write(f"after {renewed} renewals")
            await amelie.sees(f"after {renewed} renewals")
