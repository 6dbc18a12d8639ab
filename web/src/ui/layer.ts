// Where things are in the tree of elements, also when that is the shadow tree of an embedded part.

/** What menus and boxes are put into: an open dialog makes all else inert, and styles end at the root of a shadow tree. */
export function layerOf(element: Element | null): Element {
  return element?.closest("dialog, [data-colloque]") ?? document.body;
}

/** What has the focus, as the tree around `near` knows it: to the document, all of a shadow tree is one element. */
export function focusedNear(near: Node | null): Element | null {
  const root = near?.getRootNode();
  return root instanceof Document || root instanceof ShadowRoot ? root.activeElement : null;
}
