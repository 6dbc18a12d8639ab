"""A ZIP with its proof: the manifest of what each file hashes to, and the signature, come last."""

from collections.abc import AsyncIterator, Mapping

from services.export_ports import Signer
from services.export_proof import Hashing, Proof, prove
from services.zip_stream import ZipStream, whole


class ProvedArchive:
    """`add` one file after the other, then `close`; `proof` is there after that."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self._zip = ZipStream()
        self._entries: dict[str, object] = {}
        self.proof: Proof | None = None

    async def add(self, name: str, chunks: AsyncIterator[bytes], *, compressed: bool = True) -> AsyncIterator[bytes]:
        hashing = Hashing()
        async for chunk in self._zip.file(name, hashing.through(chunks), compressed=compressed):
            yield chunk
        self._entries[name] = hashing.entry

    async def close(self, about: Mapping[str, object]) -> AsyncIterator[bytes]:
        """`about`: what the archive is of."""
        self.proof = proof = prove(self._entries, signer=self._signer, about=about)
        for name, text in (
            ("manifest.json", proof.manifest),
            ("manifest.sig", proof.signature),
            ("public-key.txt", proof.public_key),
        ):
            async for chunk in self._zip.file(name, whole(text.encode())):
                yield chunk
        yield self._zip.end()
