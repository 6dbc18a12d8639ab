"""The mentors of the demo clinic: who they are, what they say of themselves, how they answer. All of it made up."""

from dataclasses import dataclass

from repositories.mentors import ProfileChange
from repositories.seeding import NewUser
from server.seeding.clinic import DAY, MARK, Line, Thread
from services.principal import MENTOR


@dataclass(frozen=True, slots=True)
class Profile:
    username: str
    headline: str
    bio: str
    country: str
    specialties: tuple[str, ...]
    languages: tuple[str, ...]
    availability: str = "available"

    @property
    def change(self) -> ProfileChange:
        return ProfileChange(
            headline=self.headline,
            bio=self.bio,
            country=self.country,
            specialties=self.specialties,
            languages=self.languages,
            availability=self.availability,
        )


def _mentor(username: str, first_name: str, last_name: str) -> NewUser:
    return NewUser(username, first_name, last_name, MENTOR, external_id=MARK + username)


# Beside the two who can sign in (see clinic.py): these are there to be found and written to.
OTHER_MENTORS = (
    _mentor("aicha", "Aïcha", "Diallo"),
    _mentor("marc", "Marc", "Tremblay"),
    _mentor("lea", "Léa", "Fontaine"),
    _mentor("youssef", "Youssef", "El Amrani"),
    _mentor("anna", "Anna", "Keller"),
    _mentor("thomas", "Thomas", "Peeters"),
    _mentor("grace", "Grace", "Mensah"),
    _mentor("nour", "Nour", "Haddad"),
    _mentor("carlos", "Carlos", "Mendes"),
    _mentor("mei", "Mei", "Tanaka"),
)

PROFILES = (
    Profile(
        "sofia",
        "Research careers, from the first CV to the first grant",
        "I led a research group in Bologna for twelve years and sat on hiring panels for most of them. I read"
        " CVs and grant applications, and we practise interviews until they bore you. Parlo anche italiano.",
        "IT",
        ("Recherche", "Career planning"),
        ("en", "it", "fr"),
    ),
    Profile(
        "david",
        "Emergency medicine in three health systems",
        "Trained in Lagos, worked in Leeds, now back home. Ask me about moving abroad, about nights in the"
        " emergency room, and about coming back. I answer between shifts.",
        "NG",
        ("Urgences", "Global health"),
        ("en",),
        "limited",
    ),
    Profile(
        "aicha",
        "Sage-femme, puis enseignante : transmettre le geste et la parole",
        "Vingt ans de maternité à Dakar et à Thiès. J'accompagne les jeunes sages-femmes dans leurs premiers"
        " postes, et celles qui veulent enseigner à leur tour.",
        "SN",
        ("Obstétrique", "Pédagogie"),
        ("fr", "wo"),
    ),
    Profile(
        "marc",
        "Médecine de famille en région éloignée",
        "Je pratique en Gaspésie depuis 2009. On parle d'autonomie, de télémédecine, de la vie hors des grands"
        " centres, et de ce que personne ne vous dit avant d'y aller.",
        "CA",
        ("Médecine générale", "Télémédecine"),
        ("fr", "en"),
    ),
    Profile(
        "lea",
        "Psychiatre : prendre soin de ceux qui soignent",
        "Après un épuisement pendant mon internat, j'en ai fait mon sujet. Je ne remplace pas un suivi, mais je"
        " peux vous aider à voir clair dans une année difficile et dans vos choix.",
        "FR",
        ("Psychiatrie", "Santé au travail"),
        ("fr",),
        "limited",
    ),
    Profile(
        "youssef",
        "Cardiologie interventionnelle, et l'organisation d'un service",
        "Chef de service à Casablanca. J'aide à préparer les concours, à choisir une surspécialité, et à"
        " apprendre à diriger une équipe sans cesser de soigner.",
        "MA",
        ("Cardiologie", "Management"),
        ("fr", "ar", "en"),
    ),
    Profile(
        "anna",
        "Kinderärztin, et recherche clinique avec les familles",
        "Pédiatre à Zurich. Essais cliniques chez l'enfant, éthique, consentement : posez vos questions en"
        " français, en allemand ou en anglais.",
        "CH",
        ("Pédiatrie", "Éthique", "Recherche"),
        ("de", "fr", "en"),
    ),
    Profile(
        "thomas",
        "Infirmier en pratique avancée : un métier qui se construit",
        "Parmi les premiers en Belgique. Je raconte la formation, le quotidien en oncologie, et comment se"
        " faire une place dans une équipe qui ne vous attendait pas.",
        "BE",
        ("Oncologie", "Soins infirmiers"),
        ("fr", "nl"),
    ),
    Profile(
        "grace",
        "Public health, data and field work",
        "Epidemiologist in Accra. I help with a first paper, a first survey, and the statistics that frighten"
        " people more than they should.",
        "GH",
        ("Public health", "Recherche"),
        ("en", "fr"),
    ),
    Profile(
        "nour",
        "Soins palliatifs : accompagner, et durer",
        "Médecin à Beyrouth. Ce qui aide à rester dans ce métier, comment parler avec les familles, comment"
        " monter une équipe mobile avec peu de moyens.",
        "LB",
        ("Soins palliatifs", "Éthique"),
        ("ar", "fr", "en"),
        "unavailable",
    ),
    Profile(
        "carlos",
        "Da enfermagem à gestão: quality and patient safety",
        "Nurse, then quality manager of a hospital in Porto. Checklists, incident reports, and how to change a"
        " habit without making enemies. Falo português, on peut aussi parler français.",
        "PT",
        ("Qualité", "Soins infirmiers"),
        ("pt", "en", "fr"),
    ),
    Profile(
        "mei",
        "Radiology, and what machines will not do for you",
        "Radiologist in Osaka, working on image analysis. For those who wonder whether to learn to program, and"
        " how to read a paper about a model that is too good.",
        "JP",
        ("Radiologie", "Data science"),
        ("ja", "en"),
    ),
)


def _talk(member: str, mentor: str, days_ago: int, *exchange: tuple[int, str]) -> tuple[Line, ...]:
    """In turns, beginning with the member; each line with the minutes since the one before."""
    lines, moment = [], days_ago * DAY
    for number, (after, text) in enumerate(exchange):
        moment -= after
        lines.append(Line(mentor if number % 2 else member, moment, text))
    return tuple(lines)


# Long enough to show how quickly these two usually answer.
TALKS = (
    Thread(
        "mentoring",
        "paul",
        "marc",
        _talk(
            "paul",
            "marc",
            12,
            (0, "Bonjour Marc, j'hésite à faire un stage en région. Est-on vraiment seul ?"),
            (95, "Bonjour Paul ! Seul au village, jamais au téléphone. Tu serais en quelle année ?"),
            (40, "En cinquième. Et pour le logement ?"),
            (70, "Fourni par le centre, avec vue sur le fleuve. Je t'envoie le contact de la coordonnatrice."),
            (2 * DAY, "Elle m'a répondu, merci ! Que faut-il réviser avant de partir ?"),
            (120, "Les urgences simples, les sutures, et conduire sur la neige. 😄"),
            (30, "Parfait, merci beaucoup."),
        ),
        (7, 6),
    ),
    Thread(
        "mentoring",
        "ines",
        "anna",
        _talk(
            "ines",
            "anna",
            20,
            (0, "Hello Anna, do you take students for clinical research in summer?"),
            (15 * 60, "Hello Inès, yes, two each year. What draws you to it?"),
            (50, "I want to understand how one asks a child for consent."),
            (19 * 60, "Then begin with the assent forms of our last trial; I can share how they changed."),
            (3 * DAY, "I read them all. May I ask you about the second one?"),
            (17 * 60, "Of course. Shall we talk on Thursday at six?"),
        ),
        (6, 6),
    ),
)
