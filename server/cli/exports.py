"""export: verify one offline, show the key that signs them."""

import base64
import binascii
from pathlib import Path

import click

from server.cli.environment import sentences
from server.security.secrets_store import load_secrets
from server.security.signing import Ed25519Signer, key_id, verifies
from server.settings import read_settings
from services.export_verify import NoExport, verify


@click.group()
def export() -> None:
    """Exports of conversations."""


@export.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--proof", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Default: FILE.proof.json.")
@click.option("--key", help="The public key that must have signed it, in base64, as `export key` prints it.")
def verify_export(file: Path, proof: Path | None, key: str | None) -> None:
    """Say whether FILE is whole, unchanged and signed. Needs no server and no database.

    \b
    colloque export verify conversation-12.zip --key "$(cat colloque-export-key.txt)"
    """
    try:
        verdict = verify(file, proof=proof, verifies=_verifies)
    except (NoExport, OSError) as error:
        raise click.ClickException(f"{file}: {error}") from error
    troubles = list(verdict.troubles)
    if key is not None and _bytes(key) != _bytes(verdict.public_key):
        troubles.append("signed by another key than the given one")
    for trouble in troubles:
        click.echo(trouble)
    if troubles:
        raise click.ClickException(f"{file} is not what was exported.")
    for name in verdict.lost:
        click.echo(f"{name}: was lost before the export, which says so")
    click.echo(f"{verdict.files} files, unchanged. Signed by the key {key_id(_bytes(verdict.public_key))}.")
    if key is None:
        click.echo("Compare that with GET /api/messaging/export-keys, or give the key by --key.")


@export.command("key")
def show_key() -> None:
    """Print the public key that this installation signs exports with."""
    with sentences():
        signer = Ed25519Signer(load_secrets(read_settings()).signing_seed)
    click.echo(signer.public_key)


def _verifies(public_key: str, signature: str, data: bytes) -> bool:
    return verifies(_bytes(public_key), _bytes(signature), data)


def _bytes(text: str) -> bytes:
    """Empty for what is no base64: that verifies nothing."""
    try:
        return base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        return b""
