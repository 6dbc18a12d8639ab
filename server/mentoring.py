"""The services around mentors, built together."""

import time
from dataclasses import dataclass

from repositories.unit_of_work import Database
from server.files.sealing import AesFileCipher
from services.access import Access
from services.attachment_ports import Intake
from services.mentor_profiles import MentorProfiles
from services.mentor_responses import MentorResponses
from services.mentors import Mentors
from services.ports import OnlineLookup


@dataclass(frozen=True, slots=True)
class MentoringWork:
    mentors: Mentors
    profiles: MentorProfiles
    responses: MentorResponses


def make_mentoring(*, database: Database, online: OnlineLookup, access: Access, intake: Intake) -> MentoringWork:
    mentors = Mentors(unit_of_work=database, online=online, access=access, clock=time.monotonic)
    profiles = MentorProfiles(
        unit_of_work=database, access=access, mentors=mentors, intake=intake, file_cipher=AesFileCipher()
    )
    return MentoringWork(mentors, profiles, MentorResponses(unit_of_work=database))
