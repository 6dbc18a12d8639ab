"""What the settings say of retention, for a node and for the command line."""

import time

from repositories.unit_of_work import Database
from server.jobs import RETENTION_SECONDS
from server.settings import Settings
from services.retention import RetentionPolicy
from services.retention_outlook import Duty, RetentionOutlook


def policy_of(settings: Settings) -> RetentionPolicy:
    return RetentionPolicy(archive_days=settings.archive_days, days=settings.retention_days)


def make_outlook(settings: Settings, *, database: Database) -> RetentionOutlook:
    return RetentionOutlook(
        unit_of_work=database,
        policy=policy_of(settings),
        duty=Duty(here=settings.job_seconds > 0, every_seconds=int(RETENTION_SECONDS)),
        clock=time.monotonic,
    )
