// The embedded parts live in a shadow tree of their own: what the client says of the whole page holds for its root there.

const ROOT = "[data-colloque]";
const PAGE = /^(?:html|body|#app)$/;

/** For PostCSS, in the shape of its plugins. An attribute, since names of classes are changed in modules. */
export const scoped = {
  postcssPlugin: "colloque-scoped",
  Rule(rule: { selectors: string[] }) {
    const selectors = [...new Set(rule.selectors.map(inside))];
    if (selectors.join() !== rule.selectors.join()) rule.selectors = selectors;
  },
};

export function inside(selector: string): string {
  if (PAGE.test(selector)) return ROOT;
  return selector.startsWith(":root") ? ROOT + selector.slice(":root".length) : selector;
}
