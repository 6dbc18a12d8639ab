"""What is noted about a conversation has words where its people read who looked into it, and nothing else has."""

import re
from collections.abc import Iterator

from controllers.socket.witness import ACTIONS
from controllers.trail_rules import RULES, rule_of
from server.documents import ROOT, catalogue

WORDS = ROOT / "web/src/features/access/texts.ts"
NOTED = re.compile(r'(?:action=|\b_?note(?:d|_all)?\((?:environment, )?)"([a-z_]+\.[a-z_]+)"')
# Sends and marks, which the list leaves out; and what is about people, sessions, the forum or the whole installation.
OF_NO_CONVERSATION = re.compile(
    r"message\.(send|read|delivered)|conversation\.list|people\.search|mentor\.change|socket\.connect|login|logout"
    r"|(session|password|forum|archive|backup|person|key|audit|trail|user|care_link|token)\..*|rest\.call|socket\.event"
)


def actions() -> Iterator[str]:
    for endpoint in catalogue().endpoints:
        if rule := rule_of(endpoint):
            yield rule.action
    yield from (rule.action for rule in RULES.values())
    yield from ACTIONS.values()
    for path in (*ROOT.glob("services/*.py"), *ROOT.glob("server/**/*.py")):
        yield from NOTED.findall(path.read_text("utf-8"))


def test_what_people_read_about_accesses_has_words() -> None:
    noted = set(actions())
    for language in re.split(r"^  en: ", WORDS.read_text("utf-8"), flags=re.MULTILINE):
        words = set(re.findall(r'^    "?((?:[a-z_]+\.[a-z_]+)|break_glass)"?: "', language, re.MULTILINE))
        assert words - noted == set()
        assert {action for action in noted - words if not OF_NO_CONVERSATION.fullmatch(action)} == set()
