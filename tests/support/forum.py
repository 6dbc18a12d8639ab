"""The services of the forum on a real database, with people to use them."""

import itertools
from collections.abc import Mapping

from repositories.questions import QuestionText
from repositories.seeding import NewUser
from repositories.unit_of_work import Database
from server.forum.amounts import DEFAULTS
from server.forum.markdown import SafeMarkdown
from services.answers import Answers
from services.forum import Forum
from services.forum_search import ForumSearch
from services.forum_view import AnswerView, QuestionView
from services.moderation import Moderation
from services.points import Points
from services.principal import MEMBER, Principal
from services.questions import NewQuestion, Questions
from services.votes import Votes
from tests.support.fakes import RecordingPublisher

_numbers = itertools.count(1)


class ForumHouse:
    def __init__(self, database: Database, *, on: bool = True, amounts: Mapping[str, int] = DEFAULTS) -> None:
        self.database = database
        self.published = RecordingPublisher()
        self.forum = Forum(
            unit_of_work=database,
            publisher=self.published,
            markdown=SafeMarkdown(),
            on=on,
            amounts=amounts,
            max_content_length=5000,
        )
        self.questions = Questions(self.forum)
        self.answers = Answers(self.forum)
        self.votes = Votes(self.forum)
        self.points = Points(self.forum)
        self.search = ForumSearch(self.forum)
        self.moderation = Moderation(self.forum)

    async def person(self, role: str = MEMBER) -> Principal:
        name = f"forum-{role}-{next(_numbers)}"
        async with self.database.transaction() as repositories:
            users = await repositories.seeding.users([NewUser(name, name.title(), "Test", role)])
        return Principal(users[name].id, role, None, 2e9)

    async def people(self, count: int) -> list[Principal]:
        return [await self.person() for _ in range(count)]

    async def ask(
        self,
        who: Principal,
        *,
        title: str = "How do I find a mentor?",
        body: str = "Please tell me.",
        tags: tuple[str, ...] = ("mentoring",),
        pseudonym: str | None = None,
    ) -> QuestionView:
        new = NewQuestion(text=QuestionText(title, body, tags), pseudonym=pseudonym)
        return (await self.questions.ask(who, new)).question

    async def answer(self, who: Principal, question: QuestionView, body: str = "Like this.") -> AnswerView:
        return (await self.answers.post(who, question_id=question.row.id, body=body)).answer

    async def points_of(self, who: Principal) -> int:
        return (await self.points.ledger(who, before=None, limit=1)).points
