"""Figures of a person: their own in the settings, anybody's for administrators."""

from uuid import uuid4

import pytest
from playwright.async_api import expect

from tests.browser.conftest import LogIn
from tests.support.browsing import Watch
from tests.support.clinic import Clinic
from tests.support.postgres import connected
from tests.support.rest import Rest

pytestmark = pytest.mark.asyncio(loop_scope="session")
STATS = "**/api/messaging/stats/**"


async def test_ones_own_figures_stand_in_the_settings(log_in: LogIn, rest: Rest, clinic: Clinic, watch: Watch) -> None:
    watch.errors_allowed = True
    me = clinic.person("dr.petit")
    doctor = await log_in("dr.petit", locale="fr-FR")
    await doctor.go("/settings")
    await doctor.page.get_by_role("link", name="Mon activité").click()
    figures = doctor.page.locator("[data-stat=active]")
    told = await rest.of(me.token).get(f"/api/messaging/stats/medecin/{me.id}")
    await expect(figures).to_have_text(str(told["conversations"]["active"]))
    await expect(doctor.page.get_by_role("heading", name="Mon activité", level=1)).to_be_focused()
    await doctor.page.route(STATS, lambda route: route.abort())
    await doctor.page.get_by_role("button", name="1 an", exact=True).click()
    await expect(doctor.page.get_by_role("alert")).to_contain_text("Ces chiffres n’ont pas pu être chargés.")
    # Those of another period are no answer.
    await expect(figures).to_have_count(0)
    await doctor.page.unroute(STATS)
    await doctor.page.get_by_role("button", name="Réessayer").click()
    await expect(figures).to_be_visible()
    await expect(doctor.page.get_by_role("alert")).to_have_count(0)
    await doctor.page.get_by_role("link", name="Retour").click()
    await expect(doctor.page.get_by_role("heading", name="Réglages", level=1)).to_be_visible()


async def test_administrators_see_what_somebody_wrote_in_a_period(log_in: LogIn, rest: Rest, clinic: Clinic) -> None:
    admin = rest.of(clinic.person("admin").token)
    name = f"p{uuid4().hex[:10]}"
    person = {"username": name, "role": "patient", "firstName": "Rose", "lastName": name}
    user_id = (await admin.post("/api/admin/users", person))["user"]["id"]
    with connected(clinic.owner_url) as cursor:
        of = {"user_id": user_id}
        cursor.execute("INSERT INTO activity_days VALUES (%(user_id)s, current_date - 200, 1234, 56)", of)
        # Eight minutes and a half to ten and a bit.
        cursor.execute("INSERT INTO activity_replies VALUES (%(user_id)s, current_date - 200, 36, 8)", of)
    page = (await log_in("admin")).page
    await page.goto(f"{clinic.url}/admin/users/{user_id}")
    await expect(page.get_by_text("No message from")).to_be_visible()
    await expect(page.get_by_text("Nobody was answered in this period.")).to_be_visible()
    await page.get_by_role("button", name="1 year", exact=True).click()
    for key, value in {"sent": "1,234", "received": "56", "replies": "8", "median": "9 min", "most": "10 min"}.items():
        await expect(page.locator(f"[data-stat={key}]")).to_have_text(value)
