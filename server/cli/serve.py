"""serve: REST, Socket.IO and the web page, until told to stop."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager

import click
import structlog
from aiohttp import web

from controllers.rest.demo import DemoUser
from server import compiled, event_loop
from server.app import create_app
from server.cli.environment import Prepared, opened, prepared, sentences
from server.collector import calm_collector
from server.door import DoorRunner
from server.observability.logging import configure_logging
from server.process import SHUTDOWN_SECONDS, end_in_time, ended_in_time, on_stop_signal
from server.security.cipher import AesContentCipher
from server.security.passwords import COSTS, Argon2PasswordHasher
from server.seeding.clinic import USERS
from server.seeding.demo import DemoPasswords, seed_demo
from server.setting_readers import MOST_WORKERS
from server.settings import read_settings
from server.workers.front import listen
from server.workers.parent import Parent, WorkerFailed

log = structlog.get_logger(__name__)


@click.command()
@click.option("--demo", is_flag=True, help="Put the demo clinic into the database and print its passwords.")
@click.option("--workers", type=click.IntRange(1, MOST_WORKERS), help="Processes on the one port, instead of WORKERS.")
def serve(demo: bool, workers: int | None) -> None:
    """Serve REST, Socket.IO and the web page on HOST and PORT.

    Without DATABASE_URL an embedded PostgreSQL under DATA_DIR is started, migrated, and stopped with the server.
    """
    with sentences():
        settings = read_settings(workers=workers)
        configure_logging(settings.log_format, settings.log_level)
        log.info("hot_modules", compiled=compiled.in_use())
        if compiled.is_forgotten():
            click.echo(
                "What is in build/compiled was made of other sources and is not used: say `make compile`.", err=True
            )
        with prepared(settings=settings) as ready:
            for name in ready.applied:
                click.echo(f"Applied migration {name}.", err=True)
            try:
                event_loop.run(_serve(ready, demo=demo))
            finally:
                ended_in_time()


async def _serve(ready: Prepared, *, demo: bool) -> None:
    stop = asyncio.Event()
    on_stop_signal(stop.set)
    people = await _check_and_seed(ready, demo=demo)
    serving = _one_process if ready.settings.workers == 1 else _several
    async with serving(ready, people) as address:
        click.echo(_welcome(address, people))
        await stop.wait()
        click.echo("Stopping …", err=True)


@asynccontextmanager
async def _one_process(ready: Prepared, people: Sequence[DemoUser]) -> AsyncIterator[str]:
    """The address to open."""
    app = create_app(ready.settings, secrets=ready.secrets, demo_users=people)
    runner = DoorRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    calm_collector()
    try:
        with _taken_port(ready):
            await web.TCPSite(runner, ready.settings.host, ready.settings.port, backlog=1024).start()
        yield _address(runner.addresses[0])
    finally:
        end_in_time()
        await runner.cleanup()


@asynccontextmanager
async def _several(ready: Prepared, people: Sequence[DemoUser]) -> AsyncIterator[str]:
    """The address to open."""
    settings = ready.settings
    with _taken_port(ready):
        listeners = listen(settings.host, settings.port)
    address = _address(listeners[0].getsockname())
    users = [[user.username, user.password, user.first_name, user.last_name, user.role] for user in people]
    parent = Parent(
        workers=settings.workers,
        listeners=listeners,
        orders={"database_url": settings.database_url, "demo_users": users},
    )
    try:
        await parent.start()
        yield address
    except WorkerFailed as error:
        raise click.ClickException(str(error)) from error
    finally:
        await parent.close()


async def _check_and_seed(ready: Prepared, *, demo: bool) -> list[DemoUser]:
    """The keys must be those of the database before anybody writes under them."""
    async with opened(ready) as environment:
        if not demo:
            return []
        _warn_if_open(ready)
        hasher = Argon2PasswordHasher(COSTS[ready.settings.password_cost])
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


@contextlib.contextmanager
def _taken_port(ready: Prepared) -> Iterator[None]:
    """One sentence instead of a traceback."""
    try:
        yield
    except OSError as error:
        host, port = ready.settings.host, ready.settings.port
        raise click.ClickException(
            f"Cannot listen on {host} port {port}: {error.strerror or error}. "
            "Stop what uses it, or choose another one with PORT (0 takes a free one)."
        ) from error


def _address(bound: Sequence[object]) -> str:
    host = str(bound[0])
    shown = f"[{host}]" if ":" in host else host
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
