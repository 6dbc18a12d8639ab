"""FORUM_POINTS: what each thing is worth."""

from collections.abc import Mapping, Sequence

from environs import Env, EnvError

DEFAULTS: Mapping[str, int] = {
    "answer_upvoted": 10,
    "question_upvoted": 5,
    "answer_accepted": 15,
    "accepting": 2,
    "downvoted": -2,
}
AS_TEXT = tuple(f"{kind}={amount}" for kind, amount in DEFAULTS.items())
MOST = 1_000


def amounts_of(words: Sequence[str]) -> dict[str, int]:
    """`kind=amount` each; what is not named is worth what it is by default. Raises ValueError."""
    amounts = dict(DEFAULTS)
    for word in words:
        kind, _, amount = (part.strip() for part in word.partition("="))
        if kind not in DEFAULTS:
            raise ValueError(f"knows {', '.join(DEFAULTS)}, not {kind}")
        amounts[kind] = int(amount)
        if abs(amounts[kind]) > MOST:
            raise ValueError(f"{kind} must be {-MOST} to {MOST}")
    return amounts


def read_amounts(env: Env, name: str, default: tuple[str, ...]) -> tuple[str, ...]:
    words = tuple(word.strip() for word in env.str(name, ",".join(default)).split(",") if word.strip())
    try:
        amounts_of(words)
    except ValueError as error:
        raise EnvError(f"is not of the form answer_upvoted=10,downvoted=-2: {error}") from error
    return words
