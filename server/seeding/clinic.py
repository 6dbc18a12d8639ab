"""The demo clinic: who works there, who is cared for, and what they have written. Plain data, all of it made up."""

from dataclasses import dataclass

from repositories.contexts import ContextName
from repositories.seeding import NewUser
from services.principal import ADMIN, DOCTOR, MEMBER, MENTOR, PATIENT

# Marks the people of the clinic, so that nobody else of the same name is taken for one of them.
MARK = "demo:"


def _person(username: str, first_name: str, last_name: str, role: str) -> NewUser:
    return NewUser(username, first_name, last_name, role, external_id=MARK + username)


USERS = (
    _person("amelie", "Amélie", "Durand", PATIENT),
    _person("karim", "Karim", "Benali", PATIENT),
    _person("lucie", "Lucie", "Moreau", PATIENT),
    _person("dr.martin", "Claire", "Martin", DOCTOR),
    _person("dr.petit", "Hugo", "Petit", DOCTOR),
    _person("dr.nguyen", "Linh", "Nguyen", DOCTOR),
    _person("sofia", "Sofia", "Rossi", MENTOR),
    _person("david", "David", "Okafor", MENTOR),
    _person("ines", "Inès", "Garcia", MEMBER),
    _person("paul", "Paul", "Lefèvre", MEMBER),
    _person("admin", "Nadia", "Admin", ADMIN),
)

# Who is cared for by whom: patient, then doctor.
CARE_LINKS = (
    ("amelie", "dr.martin"),
    ("amelie", "dr.nguyen"),
    ("karim", "dr.martin"),
    ("karim", "dr.petit"),
    ("lucie", "dr.petit"),
    ("lucie", "dr.martin"),
)


@dataclass(frozen=True, slots=True)
class Subject:
    """A prescription or an exam, with the patient and the doctor whom it names."""

    name: ContextName
    version: int
    title: str
    patient: str
    doctor: str


PRESCRIPTION = ContextName("ordonnance", MARK + "ordonnance-1")
EXAM = ContextName("examen", MARK + "examen-1")
SUBJECTS = (
    Subject(PRESCRIPTION, 2, "Amlodipine 5 mg, un comprimé le matin", "amelie", "dr.martin"),
    Subject(EXAM, 1, "IRM du genou droit", "lucie", "dr.petit"),
    # Nobody has written about this one: the page /demo has its button.
    Subject(ContextName("examen", MARK + "examen-2"), 1, "Bilan lipidique", "amelie", "dr.martin"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """What somebody wrote, so many minutes ago."""

    sender: str
    minutes_ago: int
    text: str
    is_urgent: bool = False
    requires_response: bool = False
    action: str | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """`read_by`: how far each of the two has read, as a number of lines."""

    kind: str
    first: str
    second: str
    lines: tuple[Line, ...]
    read_by: tuple[int, int]
    context: ContextName | None = None


DAY = 24 * 60
THREADS = (
    Thread(
        "care",
        "amelie",
        "dr.martin",
        (
            Line(
                "amelie",
                3 * DAY + 50,
                "Bonjour docteur, ma tension était à 15/9 ce matin. Est-ce que je dois m'inquiéter ?",
            ),
            Line(
                "dr.martin",
                3 * DAY + 20,
                "Bonjour Amélie. Une seule mesure ne suffit pas : reprenez-la ce soir au calme, assise, puis demain matin.",
            ),
            Line("amelie", 2 * DAY + 700, "Ce soir 13/8, et ce matin 13/8 aussi."),
            Line(
                "dr.martin",
                2 * DAY + 640,
                "Très bien, on continue le même traitement. On en reparle à la consultation de jeudi.",
            ),
            Line("amelie", 2 * DAY + 600, "Merci beaucoup ! 🙏"),
            Line("dr.martin", 45, "J'ai reçu vos analyses : tout est dans les normes."),
        ),
        (5, 6),
    ),
    Thread(
        "care",
        "karim",
        "dr.martin",
        (
            Line("karim", DAY + 300, "Bonjour, le pharmacien n'a plus le médicament prescrit. Que faire ?"),
            Line("dr.martin", DAY + 240, "Bonjour Karim, il peut vous donner le générique : même molécule, même dose."),
            Line("karim", 30, "J'ai une éruption sur les bras depuis hier soir.", is_urgent=True),
        ),
        (2, 2),
    ),
    Thread(
        "care",
        "lucie",
        "dr.petit",
        (
            Line("dr.petit", 9 * DAY, "Bonjour Lucie, comment va le genou après la séance de kiné ?"),
            Line("lucie", 9 * DAY - 90, "Mieux, je monte les escaliers sans douleur."),
        ),
        (2, 2),
    ),
    Thread(
        "contextual",
        "amelie",
        "dr.martin",
        (
            Line(
                "amelie",
                DAY + 500,
                "Depuis le nouveau comprimé, j'ai les chevilles gonflées le soir. Est-ce un effet possible ?",
                requires_response=True,
                action="side_effects",
            ),
            Line(
                "dr.martin",
                DAY + 420,
                "Oui, c'est un effet connu et sans danger. Surélevez les jambes ; si cela continue, je réduirai la dose.",
            ),
        ),
        (1, 2),
        PRESCRIPTION,
    ),
    Thread(
        "contextual",
        "lucie",
        "dr.petit",
        (
            Line(
                "lucie",
                200,
                "Le compte rendu parle d'une « fissure méniscale ». Qu'est-ce que cela veut dire ?",
                requires_response=True,
                action="explanation",
            ),
        ),
        (1, 0),
        EXAM,
    ),
    Thread(
        "mentoring",
        "ines",
        "sofia",
        (
            Line("ines", 5 * DAY, "Hello Sofia, would you have time to look at my CV this week?"),
            Line("sofia", 5 * DAY - 200, "Of course. Send it by Wednesday and we talk on Friday?"),
            Line("ines", 5 * DAY - 180, "Perfect, thank you!"),
        ),
        (3, 3),
    ),
)
