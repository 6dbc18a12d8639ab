"""The services of the forum, each given what it needs."""

import time
from dataclasses import dataclass

from repositories.unit_of_work import Database
from server.announcer import Announcer
from server.forum.amounts import amounts_of
from server.forum.markdown import SafeMarkdown
from server.settings import Settings
from services.answer_typing import AnswerTyping
from services.answers import Answers
from services.forum import Forum
from services.forum_search import ForumSearch
from services.moderation import Moderation
from services.points import Points
from services.questions import Questions
from services.votes import Votes


@dataclass(frozen=True, slots=True, kw_only=True)
class ForumWork:
    """Named as the services are."""

    forum: Forum
    questions: Questions
    answers: Answers
    votes: Votes
    points: Points
    search: ForumSearch
    moderation: Moderation
    typing: AnswerTyping


def make_forum(settings: Settings, *, database: Database, announcer: Announcer) -> ForumWork:
    forum = Forum(
        unit_of_work=database,
        publisher=announcer,
        markdown=SafeMarkdown(),
        on=settings.forum,
        amounts=amounts_of(settings.forum_points),
        max_content_length=settings.max_content_length,
    )
    return ForumWork(
        forum=forum,
        questions=Questions(forum),
        answers=Answers(forum),
        votes=Votes(forum),
        points=Points(forum),
        search=ForumSearch(forum),
        moderation=Moderation(forum),
        typing=AnswerTyping(
            forum, tell_here=announcer.tell_here, clock=time.monotonic, seconds=settings.typing_seconds
        ),
    )
