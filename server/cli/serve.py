"""serve: REST, Socket.IO and the web page, until told to stop."""

import asyncio
import contextlib
import gc
import signal
from collections.abc import Sequence

import click
import uvloop
from aiohttp import web

from controllers.rest.demo import DemoUser
from server.app import create_app
from server.cli.environment import Prepared, opened, prepared, sentences
from server.observability.logging import configure_logging
from server.security.cipher import AesContentCipher
from server.security.passwords import Argon2PasswordHasher
from server.seeding.clinic import USERS
from server.seeding.demo import DemoPasswords, seed_demo
from server.settings import read_settings

# Sockets are closed and their handlers drained before that; a connection that opens just now is not worth a wait.
SHUTDOWN_SECONDS = 1.5


@click.command()
@click.option("--demo", is_flag=True, help="Put the demo clinic into the database and print its passwords.")
def serve(demo: bool) -> None:
    """Serve REST, Socket.IO and the web page on HOST and PORT.

    Without DATABASE_URL an embedded PostgreSQL under DATA_DIR is started, migrated, and stopped with the server.
    """
    with sentences():
        settings = read_settings()
        configure_logging(settings.log_format, settings.log_level)
        with prepared() as ready:
            for name in ready.applied:
                click.echo(f"Applied migration {name}.", err=True)
            uvloop.run(_serve(ready, demo=demo))


async def _serve(ready: Prepared, *, demo: bool) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    people = await _check_and_seed(ready, demo=demo)
    app = create_app(ready.settings, secrets=ready.secrets, demo_users=people)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    _calm_collector()
    try:
        site = await _listen(runner, ready)
        click.echo(_welcome(site, people))
        await stop.wait()
        click.echo("Stopping …", err=True)
    finally:
        await runner.cleanup()


def _calm_collector() -> None:
    """What is there now stays: the collector need not look at it again. Requests make little garbage that has cycles."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


async def _check_and_seed(ready: Prepared, *, demo: bool) -> list[DemoUser]:
    """The keys must be those of the database before anybody writes under them."""
    async with opened(ready) as environment:
        if not demo:
            return []
        _warn_if_open(ready)
        hasher = Argon2PasswordHasher()
        with contextlib.closing(hasher):
            passwords = await seed_demo(
                environment.database,
                cipher=AesContentCipher(ready.secrets.master_keys),
                hasher=hasher,
                passwords=DemoPasswords(ready.settings.data_dir),
            )
    return [
        DemoUser(user.username, passwords[user.username], user.first_name, user.last_name, user.role) for user in USERS
    ]


async def _listen(runner: web.AppRunner, ready: Prepared) -> str:
    """The address to open."""
    host, port = ready.settings.host, ready.settings.port
    try:
        await web.TCPSite(runner, host, port, backlog=1024).start()
    except OSError as error:
        raise click.ClickException(
            f"Cannot listen on {host} port {port}: {error.strerror or error}. "
            "Stop what uses it, or choose another one with PORT (0 takes a free one)."
        ) from error
    bound = runner.addresses[0]
    shown = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
    return f"http://{shown}:{bound[1]}"


def _warn_if_open(ready: Prepared) -> None:
    """Whoever reaches a demo can read its passwords."""
    if ready.settings.host not in ("127.0.0.1", "::1", "localhost"):
        click.echo(
            f"Mind: HOST is {ready.settings.host}, so everybody who reaches it can sign in to this demo.", err=True
        )


def _welcome(address: str, people: Sequence[DemoUser]) -> str:
    lines = [f"Colloque is ready: {address}"]
    if people:
        width = max(len(user.username) for user in people)
        lines += ["", "The demo clinic (log in with any of them, in two tabs to chat):"]
        lines += [f"  {user.role:<8} {user.username:<{width}}  {user.password}" for user in people]
        lines += ["", "API documents: " + address + "/api/docs    Stop with Ctrl-C."]
    return "\n".join(lines)
