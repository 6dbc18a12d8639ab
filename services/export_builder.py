"""The bytes of an export, and its proof once they have all gone by."""

import datetime
from collections.abc import AsyncIterator, Callable

from services.export_documents import html_document, json_document
from services.export_files import ExportFiles
from services.export_ports import PdfPrinter, Plain, Signer
from services.export_proof import Hashing, Proof, prove
from services.export_source import ExportSource
from services.proved_archive import ProvedArchive

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

    def __init__(
        self,
        source: ExportSource,
        files: ExportFiles,
        *,
        format: str,
        signer: Signer,
        printer: PdfPrinter,
        now: Now,
    ) -> None:
        self._source = source
        self._files = files
        self._format = format
        self._signer = signer
        self._printer = printer
        self._now = now
        self._passes = 3 if format == "zip" else 1
        self._lost: list[str] = []
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
        if self._format != "zip":
            hashing, name = Hashing(), file_name(self._source.conversation_id, self._format)
            async for chunk in hashing.through(self._document(self._format, head, 0)):
                yield chunk
            self.proof = prove({name: hashing.entry}, signer=self._signer, about=self._about(head))
            return
        archive = ProvedArchive(self._signer)
        async for chunk in self._archived(archive, head):
            yield chunk
        async for chunk in archive.close(self._about(head)):
            yield chunk
        self.proof = archive.proof

    async def _archived(self, archive: ProvedArchive, head: Plain) -> AsyncIterator[bytes]:
        """Documents, then files."""
        place = {"conversation_id": self._source.conversation_id, "up_to_seq": self._source.up_to_seq}
        total = await self._files.bytes_of(**place)
        self._passes += bool(total)
        for name, document in self._documents(head):
            async for chunk in archive.add(name, document):
                yield chunk
            self._before, self._reached = self._before + self._reached, 0
        done = 0
        async for file in self._files.all(**place):
            if file.chunks is None:
                self._lost.append(file.path)
                continue
            async for chunk in archive.add(file.path, file.chunks, compressed=False):
                yield chunk
            done += file.size
            self._reached = self._source.up_to_seq * done // total

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

    def _about(self, head: Plain) -> Plain:
        lost = {"lost": self._lost} if self._lost else {}
        return {"exportedAt": head["exportedAt"], "conversationId": self._source.conversation_id, **lost}


def file_name(conversation_id: int, format: str) -> str:
    return f"conversation-{conversation_id}.{format}"
