// @vitest-environment happy-dom
import { expect, it } from "vitest";
import { choose, filesOf, messageType } from "./rules";
import { sizeText } from "./sizes";

const LIMITS = { maxAttachments: 3, maxAttachmentBytes: 100 };
const file = (name: string, type: string, size = 10) => new File([new Uint8Array(size)], name, { type });

it.each<[string, string, number, string | null]>([
  ["a.pdf", "application/pdf", 10, null],
  ["a.png", "image/png", 100, null],
  ["a.docx", "", 10, null],
  ["a.DOCX", "application/octet-stream", 10, null],
  ["voice.webm", "audio/webm;codecs=opus", 10, null],
  ["a.exe", "application/x-msdownload", 10, "badType"],
  ["a.pdf", "text/html", 10, "badType"],
  ["a.svg", "image/svg+xml", 10, "badType"],
  ["a", "", 10, "badType"],
  ["a.png", "image/png", 101, "tooBig"],
  ["a.png", "image/png", 0, "emptyFile"],
])("%s (%s, %d bytes) is refused before the upload as %s", (name, type, size, why) => {
  const { files, refusals } = choose([], [file(name, type, size)], LIMITS);
  expect(refusals.map((refusal) => refusal.why)).toEqual(why === null ? [] : [why]);
  expect(files).toHaveLength(why === null ? 1 : 0);
});

it("takes as many as a message may have, with what was chosen before, and says so once", () => {
  const pdf = () => file("a.pdf", "application/pdf");
  const { files, refusals } = choose([pdf(), pdf()], [pdf(), pdf(), pdf()], LIMITS);
  expect(files).toHaveLength(3);
  expect(refusals).toEqual([{ why: "tooMany", count: 3 }]);
  expect(choose([pdf()], [pdf(), pdf(), pdf(), pdf()], { maxAttachments: 0, maxAttachmentBytes: 0 }).refusals).toEqual([]);
});

it("gives a file whose type the system did not know the type of its name", () => {
  expect(choose([], [file("lettre.docx", "")], LIMITS).files[0]?.type).toContain("wordprocessingml");
});

it("names the type of the message", () => {
  const png = file("a.png", "image/png");
  const pdf = file("a.pdf", "application/pdf");
  expect([messageType([], false), messageType([png, png], false), messageType([png, pdf], false), messageType([pdf], true)]).toEqual([
    "text", "image", "file", "voice",
  ]);
});

it("takes only files out of what is dropped or pasted", () => {
  const png = file("a.png", "image/png");
  const items = [{ kind: "string", getAsFile: () => null }, { kind: "file", getAsFile: () => png }];
  expect(filesOf({ items } as unknown as DataTransfer)).toEqual([png]);
  expect(filesOf(null)).toEqual([]);
});

it("writes sizes as people do", () => {
  expect([1, 850, 2400, 24_000, 2_400_000, 10_000_000].map((bytes) => sizeText(bytes, "fr"))).toEqual([
    "1 o", "850 o", "2,4 ko", "24 ko", "2,4 Mo", "10 Mo",
  ]);
});
