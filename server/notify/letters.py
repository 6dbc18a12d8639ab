"""What an e-mail says: that something waits, and where. No name, no number, no word of what was written."""

import email.utils
from email.message import EmailMessage

from services.notification_ports import Letter

SUBJECTS = {
    "fr": ("Colloque : du nouveau pour vous", "Colloque : un message urgent vous attend"),
    "en": ("Colloque: something new for you", "Colloque: an urgent message is waiting for you"),
}
TEXTS = {
    "fr": "Bonjour,\n\n{what}\nPour le lire, connectez-vous{where}.\n\n"
    "Ce message est automatique ; il ne contient volontairement aucun détail. "
    "Vous pouvez régler ces avis, ou les arrêter, dans vos préférences.\n",
    "en": "Hello,\n\n{what}\nTo read it, sign in{where}.\n\n"
    "This is an automatic message; on purpose it contains no details. "
    "You can change these notices, or stop them, in your preferences.\n",
}
WHAT = {
    "fr": ("Quelque chose de nouveau vous attend dans Colloque.", "Un message urgent vous attend dans Colloque."),
    "en": ("Something new is waiting for you in Colloque.", "An urgent message is waiting for you in Colloque."),
}
BOTH = ("fr", "en")


def written(letter: Letter, *, sender: str, address: str) -> EmailMessage:
    """`address`: where people sign in, or "". Raises ValueError for what is no e-mail address."""
    languages = BOTH if letter.language is None else (letter.language,)
    message = EmailMessage()
    message["From"] = sender
    message["To"] = letter.address
    message["Subject"] = " / ".join(SUBJECTS[language][letter.urgent] for language in languages)
    message["Date"] = email.utils.localtime()
    message["Message-ID"] = email.utils.make_msgid(domain=email.utils.parseaddr(sender)[1].partition("@")[2] or None)
    message["Auto-Submitted"] = "auto-generated"
    if letter.urgent:
        message["Importance"] = "high"
    where = f" : {address}" if address else ""
    message.set_content("\n---\n\n".join(_text(language, letter.urgent, where) for language in languages))
    return message


def _text(language: str, urgent: bool, where: str) -> str:
    return TEXTS[language].format(what=WHAT[language][urgent], where=where)
