"""keys list, rotate."""

from collections.abc import Sequence

import click

from server.cli.environment import Environment, with_environment
from server.cli.trail import noted
from server.security.cipher import AesContentCipher
from services.key_rotation import KeyRotation, KeyState, Unopened

MOST_NAMED = 100


@click.group()
def keys() -> None:
    """Master keys: what they wrap, and wrapping them anew."""


@keys.command("list", epilog="Example: python -m server keys list")
@with_environment
async def list_keys(environment: Environment) -> None:
    """List the master keys and what each wraps; the current one first."""
    for state in await _rotation(environment).states():
        click.echo(_as_line(state))


@keys.command("rotate", epilog="Example: python -m server keys rotate")
@with_environment
async def rotate(environment: Environment) -> None:
    """Wrap every data key under the current master key, while servers run.

    Every node must have the current key in its list. The command can be cut off and started again, and several at once do
    no harm. Content is not touched. What does not open is named at the end, and stays as it is.
    """
    current = environment.secrets.master_keys.current_id
    done = left = total = 0
    unopened: tuple[Unopened, ...] = ()
    try:
        async for progress in _rotation(environment).rotate():
            done, left, unopened = progress.done, progress.left, progress.unopened
            total = max(total, done + left)
            click.echo(f"{done} of {total} data keys wrapped anew under {current!r}, {left} left", err=True)
    finally:
        await noted(environment, "key.rotate", "master_key", current, reason=str(done))
    if unopened:
        raise click.ClickException(_why_not(unopened, done))
    if left:
        raise click.ClickException(
            f"{left} data keys are still wrapped under other keys, some of them new: does a node still have another "
            "key in front? Correct it and start again."
        )
    click.echo(f"Wrapped {done} data keys anew. All are under {current!r}; no other key is needed any more.")


def _why_not(unopened: Sequence[Unopened], done: int) -> str:
    named = ", ".join(f"{row.holder} {row.id}" for row in unopened[:MOST_NAMED])
    more = f" and {len(unopened) - MOST_NAMED} more" if len(unopened) > MOST_NAMED else ""
    return (
        f"{len(unopened)} data keys do not open and stay as they are: {named}{more}. {done} others were wrapped anew. If "
        "`keys list` shows a key that is missing, put it back into ENCRYPTION_KEYS; else take these rows from a backup. Then "
        "start again. Keep the old keys until then."
    )


def _rotation(environment: Environment) -> KeyRotation:
    master_keys = environment.secrets.master_keys
    return KeyRotation(
        unit_of_work=environment.database,
        cipher=AesContentCipher(master_keys),
        master_keys=master_keys,
    )


def _as_line(state: KeyState) -> str:
    place = "current" if state.current else "listed" if state.known else "missing"
    wraps = ", ".join(f"{rows} {holder}" for holder, rows in sorted(state.wraps.items())) or "nothing"
    return f"{state.key_id:<32}  {place:<8}  wraps {wraps}"
