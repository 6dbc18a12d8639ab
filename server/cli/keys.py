"""keys list, rotate."""

import click

from server.cli.environment import Environment, with_environment
from server.cli.trail import noted
from server.security.cipher import AesContentCipher
from services.key_rotation import KeyRotation, KeyState
from services.security_ports import ContentDamaged, MasterKeyMissing


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
    no harm. Content is not touched.
    """
    current = environment.secrets.master_keys.current_id
    done = left = total = 0
    try:
        async for progress in _rotation(environment).rotate():
            done, left = progress.done, progress.left
            total = max(total, done + left)
            click.echo(f"{done} of {total} data keys wrapped anew under {current!r}, {left} left", err=True)
    except (MasterKeyMissing, ContentDamaged) as error:
        raise click.ClickException(f"{error} {done} data keys were wrapped anew before that.") from error
    finally:
        await noted(environment, "key.rotate", "master_key", current, reason=str(done))
    if left:
        raise click.ClickException(
            f"{left} data keys are still wrapped under other keys, some of them new: does a node still have another "
            "key in front? Correct it and start again."
        )
    click.echo(f"Wrapped {done} data keys anew. All are under {current!r}; no other key is needed any more.")


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
