import { describe, expect, it } from "vitest";
import { createOnce } from "./once";

describe("an id for what is posted", () => {
  it("stays the same while the same is tried again, and is another one for anything else", () => {
    const once = createOnce();
    const first = once.sent({ body: "Thanks" });
    expect(first).toEqual({ body: "Thanks", clientMessageId: expect.stringMatching(/^[0-9a-f]{8}-/) as string });
    expect(once.sent({ body: "Thanks" })).toEqual(first);
    const changed = once.sent({ body: "Thanks!" });
    expect(changed.clientMessageId).not.toBe(first.clientMessageId);
    once.arrived();
    expect(once.sent({ body: "Thanks!" }).clientMessageId).not.toBe(changed.clientMessageId);
  });
});
