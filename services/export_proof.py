"""The proof of an export: a manifest of what each file's bytes hash to, and a signature of that manifest. Verified offline."""

import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from services.export_ports import Signer

VERSION = "colloque-manifest/1"


@dataclass(frozen=True, slots=True)
class Proof:
    """`manifest` is JSON, signed as the bytes of its UTF-8. Key and signature are base64."""

    manifest: str
    signature: str
    public_key: str


class Hashing:
    """Notes what goes by."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self.size = 0

    async def through(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        async for chunk in chunks:
            self._digest.update(chunk)
            self.size += len(chunk)
            yield chunk

    @property
    def entry(self) -> Mapping[str, object]:
        return {"sha256": self._digest.hexdigest(), "size": self.size}


def prove(files: Mapping[str, object], *, signer: Signer, about: Mapping[str, object]) -> Proof:
    """`files`: name → entry of its Hashing; `about`: what the export is of."""
    manifest = json.dumps(
        {"version": VERSION, "keyId": signer.key_id, **about, "files": files}, ensure_ascii=False, indent=1
    )
    return Proof(manifest, signer.sign(manifest.encode()), signer.public_key)
