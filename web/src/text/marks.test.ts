import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findLinks, oddities, safeHref } from "./links";
import { parseBlocks, parseInline, plainText, type Inline } from "./marks";

const bare = (text: string) => parseInline(text).map((part) => part.kind);
const raw = (parts: Inline[]): string => parts.map((part) => ("children" in part ? raw(part.children) : part.text)).join("");

describe("marks", () => {
  it.each<[string, Inline["kind"][]]>([
    ["**fort**", ["bold"]],
    ["un *peu* fort", ["text", "italic", "text"]],
    ["_ici_ et __là__", ["italic", "text", "bold"]],
    ["`x = 1`", ["code"]],
    ["(**gras**)", ["text", "bold", "text"]],
    ["*c’est **très** bien*", ["italic"]],
  ])("%s", (text, kinds) => {
    expect(bare(text)).toEqual(kinds);
  });

  it.each(["2*3*4", "5 * 6 * 7", "snake_case_name", "**", "* *", "**ouvert", "a_b_", "`", "* seul", "**a\nb**", "x**2**y"])(
    "leaves %j as it is",
    (text) => {
      expect(bare(text)).toEqual(["text"]);
    },
  );

  it("forgets an open mark at the end of its line", () => {
    expect(bare("**ouvert\n**gras**")).toEqual(["text", "bold"]);
  });

  it("keeps marks inside of code", () => {
    expect(parseInline("`a **b** c`")).toEqual([{ kind: "code", text: "a **b** c" }]);
  });

  it("makes a list of two lines and more, with the numbers that were written", () => {
    const [list] = parseBlocks("3. matin\n4. soir");
    expect(list).toMatchObject({ kind: "list", items: [{ number: 3 }, { number: 4 }] });
    expect(parseBlocks("- 5 °C")).toEqual([{ kind: "lines", children: [{ kind: "text", text: "- 5 °C" }] }]);
    expect(parseBlocks("Prenez :\n- un\n- **deux**\nMerci").map((block) => block.kind)).toEqual(["lines", "list", "lines"]);
  });

  it("takes a fenced block as it is, and an open fence as text", () => {
    expect(parseBlocks("```js\n**a**\n```")).toEqual([{ kind: "code", text: "**a**" }]);
    expect(parseBlocks("```\nnever closed")[0]?.kind).toBe("lines");
  });

  it("loses no word of any text", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "*", "_", "`", " ", "\n", "-", "1", ".", "é"), maxLength: 60 });
    fc.assert(
      fc.property(letters, (text) => {
        const words = (of: string) => of.replace(/[^aé]/g, "");
        expect(words(plainText(text))).toBe(words(text));
        expect(words(raw(parseInline(text)))).toBe(words(text));
      }),
      { numRuns: 2000 },
    );
  });

  it("is quick with what was made to be slow", () => {
    const before = performance.now();
    for (const part of ["*a ", "**a", "`", "_a_", "http://", "- a\n", "(((", "a@a."]) parseBlocks(part.repeat(5000 / part.length));
    expect(performance.now() - before).toBeLessThan(3000);
  });
});

describe("links", () => {
  it.each([
    ["Voyez https://ameli.fr/x?y=1.", "https://ameli.fr/x?y=1"],
    ["(https://fr.wikipedia.org/wiki/Foo_(bar))", "https://fr.wikipedia.org/wiki/Foo_(bar)"],
    ["www.has-sante.fr, merci", "https://www.has-sante.fr/"],
    ["écrire à accueil@clinique.fr.", "mailto:accueil@clinique.fr"],
  ])("%s", (text, href) => {
    expect(findLinks(text).map((link) => link.href)).toEqual([href]);
  });

  it.each(["javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "https://a\u202Egpj.exe", "http://"])(
    "%s leads nowhere",
    (text) => {
      expect(safeHref(text)).toBeNull();
      expect(parseInline(text).every((part) => part.kind === "text")).toBe(true);
    },
  );

  it.each([
    ["https://ameli.fr/", []],
    ["http://ameli.fr/", ["unencrypted"]],
    ["https://ameli.fr@evil.example/", ["credentials"]],
    ["https://192.168.0.1/", ["number"]],
    ["https://2130706433/", ["number"]],
    ["https://ameli.fr:8443/", ["port"]],
    ["https://аmeli.fr/", ["letters"]],
    ["https://www.ameli.fr.compte.login.secure.example/", ["deep"]],
    ["mailto:a@b.fr", []],
  ])("%s is odd by %j", (written, expected) => {
    expect(oddities(safeHref(written) ?? "")).toEqual(expected);
  });
});
