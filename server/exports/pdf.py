"""`python -m server.exports.pdf`: lines of JSON in, a PDF out. See printer.py, which starts it.

Letters that the font does not have, emoji above all, are said by their Unicode names in brackets: nothing
is lost or left blank.
"""

import json
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.resources import files
from typing import IO, Any

from fontTools.ttLib import TTFont
from fpdf import FPDF

FONTS = files("font_source_sans_pro") / "files"
PLAIN, BOLD = str(FONTS / "SourceSansPro-Regular.ttf"), str(FONTS / "SourceSansPro-Semibold.ttf")
KEPT_CONTROLS = "\n"


class Paper(FPDF):
    def footer(self) -> None:
        self.set_y(-12)
        self.set_font("text", size=8)
        self.cell(0, 5, f"{self.page_no()}", align="C")


class Spelling:
    """What the font can write."""

    def __init__(self, *fonts: str) -> None:
        self._known = frozenset.intersection(*(frozenset(TTFont(font).getBestCmap()) for font in fonts))
        self.letter = lru_cache(maxsize=4096)(self._letter)

    def of(self, text: str) -> str:
        return "".join(map(self.letter, unicodedata.normalize("NFC", text)))

    def _letter(self, letter: str) -> str:
        if letter in KEPT_CONTROLS or ord(letter) in self._known:
            return letter
        if letter == "\t":
            return "    "
        if unicodedata.category(letter) in (
            "Cf",
            "Cc",
            "Mn",
        ):  # joiners, variants and marks have no picture of their own
            return ""
        return f"[{unicodedata.name(letter, f'U+{ord(letter):04X}').lower()}]"


def print_pdf(lines: Iterable[bytes], out: IO[bytes]) -> None:
    """Raises EOFError when the lines end before the end was said."""
    spelling = Spelling(PLAIN, BOLD)
    paper = Paper()
    paper.set_auto_page_break(True, margin=18)
    paper.add_font("text", fname=PLAIN)
    paper.add_font("text", style="B", fname=BOLD)
    paper.add_page()
    rows = _rows(lines)
    title, head = next(rows)
    paper.set_title(spelling.of(title))
    _write(paper, spelling.of(title), 16, "B")
    for line in head:
        _write(paper, spelling.of(line), 9)
    for who, text, notes in rows:
        paper.ln(3)
        _write(paper, spelling.of(who), 9, "B")
        if text:
            _write(paper, spelling.of(text), 11)
        for note in notes:
            _write(paper, spelling.of(note), 8)
    out.write(bytes(paper.output()))


def _write(paper: FPDF, text: str, size: int, style: str = "") -> None:
    paper.set_font("text", style=style, size=size)
    paper.multi_cell(0, size * 0.5, text, align="L", new_x="LMARGIN", new_y="NEXT")


def _rows(lines: Iterable[bytes]) -> Iterator[Any]:
    for line in lines:
        row = json.loads(line)
        if row is None:
            return
        yield row
    raise EOFError


if __name__ == "__main__":
    print_pdf(sys.stdin.buffer, sys.stdout.buffer)
