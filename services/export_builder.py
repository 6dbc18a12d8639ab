"""The bytes of an export, and its proof once they have all gone by."""

import datetime
from collections.abc import AsyncIterator, Callable

from services.export_documents import html_document, json_document
from services.export_ports import PdfPrinter, Plain, Signer
from services.export_proof import Hashing, Proof, prove
from services.export_source import ExportSource
from services.zip_stream import ZipStream, whole

# A PDF is put together in memory, so a longer conversation becomes several of them in a ZIP.
PDF_MOST = 5000
MEDIA_TYPES = {
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "zip": "application/zip",
}
Now = Callable[[], datetime.datetime]


class ExportBuilder:
    """Makes one export. `percent` says how far it is, `proof` is there when `chunks` came to its end."""

    def __init__(self, source: ExportSource, *, format: str, signer: Signer, printer: PdfPrinter, now: Now) -> None:
        self._source = source
        self._format = format
        self._signer = signer
        self._printer = printer
        self._now = now
        self._passes = 3 if format == "zip" else 1
        self._before = 0
        self._reached = 0
        self.proof: Proof | None = None

    @property
    def percent(self) -> int:
        """Below 100: ready is what is stored."""
        total = max(1, self._source.up_to_seq * self._passes)
        return min(99, 100 * (self._before + self._reached) // total)

    async def chunks(self) -> AsyncIterator[bytes]:
        """Raises NotFound, Unavailable, ContentDamaged, PrintingFailed."""
        head = await self._source.head(now=self._now())
        entries: dict[str, object] = {}
        if self._format != "zip":
            hashing, name = Hashing(), file_name(self._source.conversation_id, self._format)
            async for chunk in hashing.through(self._document(self._format, head, 0)):
                yield chunk
            entries[name] = hashing.entry
            self.proof = self._prove(entries, head)
            return
        archive = ZipStream()
        for name, document in self._documents(head):
            hashing = Hashing()
            async for chunk in archive.file(name, hashing.through(document)):
                yield chunk
            entries[name] = hashing.entry
            self._before, self._reached = self._before + self._reached, 0
        self.proof = proof = self._prove(entries, head)
        for name, text in (
            ("manifest.json", proof.manifest),
            ("manifest.sig", proof.signature),
            ("public-key.txt", proof.public_key),
        ):
            async for chunk in archive.file(name, whole(text.encode())):
                yield chunk
        yield archive.end()

    def _documents(self, head: Plain) -> list[tuple[str, AsyncIterator[bytes]]]:
        named = [(f"conversation.{kind}", self._document(kind, head, 0)) for kind in ("json", "html")]
        starts = range(0, max(1, self._source.up_to_seq), PDF_MOST)
        for number, start in enumerate(starts, 1):
            name = "conversation.pdf" if len(starts) == 1 else f"conversation-{number:03}.pdf"
            named.append((name, self._document("pdf", head, start)))
        return named

    def _document(self, kind: str, head: Plain, after_seq: int) -> AsyncIterator[bytes]:
        up_to = after_seq + PDF_MOST if kind == "pdf" else None

        def reached(seq: int) -> None:
            self._reached = seq - after_seq

        messages = self._source.messages(after_seq=after_seq, up_to_seq=up_to, reached=reached)
        if kind == "pdf":
            return self._printer.print(head, messages)
        return (json_document if kind == "json" else html_document)(head, messages)

    def _prove(self, entries: dict[str, object], head: Plain) -> Proof:
        about = {"exportedAt": head["exportedAt"], "conversationId": self._source.conversation_id}
        return prove(entries, signer=self._signer, about=about)


def file_name(conversation_id: int, format: str) -> str:
    return f"conversation-{conversation_id}.{format}"
