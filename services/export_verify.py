"""Verifying an export without a server: is it whole, unchanged, and signed by whom it says?"""

import hashlib
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from services.export_proof import VERSION

PIECE = 1_048_576
PROOF_FILES = frozenset({"manifest.json", "manifest.sig", "public-key.txt"})
LARGEST_PROOF = 50_000_000
# (public key, signature, data), the first two in base64 → does it hold?
Verifies = Callable[[str, str, bytes], bool]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`public_key`: who signed, to be compared with what the installation published. No `troubles`: all is well.

    `lost`: files that the installation did not have any more when it was made; the manifest says so.
    """

    public_key: str
    files: int
    troubles: tuple[str, ...]
    lost: tuple[str, ...] = ()


class NoExport(Exception):
    """There is nothing that could be verified; the text says why."""


def verify(file: Path, *, proof: Path | None, verifies: Verifies) -> Verdict:
    """A ZIP holds its proof; another file has it beside it. Raises NoExport, OSError."""
    if proof is None and zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            return _verify_zip(archive, verifies)
    beside = proof or file.with_name(f"{file.name}.proof.json")
    try:
        kept = json.loads(beside.read_bytes())
        manifest, signature, public_key = (str(kept[name]) for name in ("manifest", "signature", "publicKey"))
    except (ValueError, KeyError, TypeError, FileNotFoundError) as error:
        raise NoExport(f"{beside} is not the proof of an export (`proof` of GET /api/messaging/exports/…)") from error
    expected, _, troubles = _manifest(manifest.encode(), signature, public_key, verifies)
    if len(expected) != 1:
        raise NoExport(f"{beside} does not speak of one file")
    with file.open("rb") as content:
        troubles += _compare(file.name, next(iter(expected.values())), content)
    return Verdict(public_key, 1, tuple(troubles))


def _verify_zip(archive: zipfile.ZipFile, verifies: Verifies) -> Verdict:
    names = archive.namelist()
    if missing := sorted(PROOF_FILES - set(names)):
        raise NoExport(f"the archive holds no {', '.join(missing)}")
    if any(archive.getinfo(name).file_size > LARGEST_PROOF for name in PROOF_FILES):
        raise NoExport("the archive's proof is too large to be one")
    try:
        manifest = archive.read("manifest.json")
        signature, public_key = (archive.read(name).decode() for name in ("manifest.sig", "public-key.txt"))
    except (zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise NoExport(f"the archive's proof cannot be read: {error}") from error
    expected, lost, troubles = _manifest(manifest, signature, public_key, verifies)
    troubles += [f"{name}: is in the archive twice" for name in sorted({n for n in names if names.count(n) > 1})]
    troubles += [f"{name}: not in the manifest" for name in sorted(set(names) - set(expected) - PROOF_FILES)]
    for name, entry in expected.items():
        if name not in names:
            troubles.append(f"{name}: missing")
            continue
        try:
            with archive.open(name) as content:
                troubles += _compare(name, entry, content)
        except zipfile.BadZipFile:
            troubles.append(f"{name}: changed")
    return Verdict(public_key, len(expected), tuple(troubles), lost)


def _manifest(
    manifest: bytes, signature: str, public_key: str, verifies: Verifies
) -> tuple[Mapping[str, Any], tuple[str, ...], list[str]]:
    troubles = [] if verifies(public_key, signature, manifest) else ["manifest: the signature does not hold"]
    try:
        loaded = json.loads(manifest)
        version, files, lost = loaded["version"], dict(loaded["files"]), tuple(map(str, loaded.get("lost", ())))
    except (ValueError, KeyError, TypeError) as error:
        raise NoExport("the manifest cannot be read") from error
    if version != VERSION:
        raise NoExport(f"the manifest is of the unknown version {version!r}")
    return files, lost, troubles


def _compare(name: str, entry: Any, content: IO[bytes]) -> list[str]:
    digest, size = hashlib.sha256(), 0
    while piece := content.read(PIECE):
        digest.update(piece)
        size += len(piece)
    if not isinstance(entry, dict) or (entry.get("sha256"), entry.get("size")) != (digest.hexdigest(), size):
        return [f"{name}: changed"]
    return []
