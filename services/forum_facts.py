"""What happens in the forum. It gives no right and takes none."""

from services.events import (
    AnswerAccepted,
    AnswerChanged,
    AnswerPosted,
    AnswerTypingStarted,
    AnswerTypingStopped,
    Fact,
    QuestionAsked,
    QuestionChanged,
    VoteChanged,
)

FORUM_FACTS: frozenset[type[Fact]] = frozenset(
    {
        AnswerAccepted,
        AnswerChanged,
        AnswerPosted,
        AnswerTypingStarted,
        AnswerTypingStopped,
        QuestionAsked,
        QuestionChanged,
        VoteChanged,
    }
)
