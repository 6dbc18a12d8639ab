"""Who is asking, and from where. Made once a request or a socket, then passed to every service call."""

from dataclasses import dataclass

ADMIN = "admin"
PATIENT = "patient"
DOCTOR = "medecin"
MENTOR = "mentor"
MEMBER = "member"
ROLES = (PATIENT, DOCTOR, MENTOR, MEMBER, ADMIN)


@dataclass(frozen=True, slots=True)
class Principal:
    """An authenticated user. The role is the database's, never the token's."""

    user_id: int
    role: str
    session_id: str | None
    expires_at: float

    @property
    def is_admin(self) -> bool:
        return self.role == ADMIN


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a call came from: for the session list, the trail and the log."""

    address: str
    device: str
    request_id: str
    language: str
