import { expect, it } from "vitest";
import { withTyped } from "./list";

it("takes each once, however it is written, and no more than there is room for", () => {
  expect(withTyped([], " Soins   palliatifs, gériatrie; ", 10)).toEqual(["Soins palliatifs", "gériatrie"]);
  expect(withTyped(["Gériatrie"], "geriatrie", 10)).toEqual(["Gériatrie"]);
  expect(withTyped(["a", "b"], "c, d", 3)).toEqual(["a", "b", "c"]);
  expect(withTyped(["a"], " , ", 3)).toEqual(["a"]);
});
