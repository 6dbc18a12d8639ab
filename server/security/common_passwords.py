"""Passwords that everybody tries first. A short list: the length rule and the login throttle do the rest."""

import re

# Compared without digits and signs around them: "Motdepasse2024!" is "motdepasse".
# fmt: off
_WORDS = frozenset((
    "password", "passwort", "passw0rd", "p@ssword", "p@ssw0rd", "motdepasse", "mot-de-passe", "mot_de_passe",
    "changeme", "changeit", "letmein", "welcome", "bienvenue", "bonjour", "bonjourbonjour", "administrator",
    "administrateur", "admin", "qwerty", "qwertyuiop", "qwertz", "qwertzuiop", "azerty", "azertyuiop",
    "azertyuiopqsdfghjklm", "iloveyou", "jetaime", "soleil", "doudou", "chouchou", "marseille", "football",
    "superman", "princess", "princesse", "sunshine", "dragon", "monkey", "colloque", "medecin", "docteur", "doctor",
    "patient", "mentor", "secret", "test", "testtest", "default", "hopital", "hospital", "passwordpassword",
    "motdepassemotdepasse", "correcthorsebatterystaple",
))
# fmt: on
_ROWS = ("01234567890123456789", "09876543210987654321", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")
_AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_FEWEST_CHARACTERS = 4


def is_common(folded: str) -> bool:
    """`folded` is the password without regard to case."""
    if len(set(folded)) < _FEWEST_CHARACTERS or any(folded in row for row in _ROWS):
        return True
    return folded in _WORDS or _AROUND.sub("", folded) in _WORDS
