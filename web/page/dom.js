// Elements are made here. Text is always text: nothing that came from the network is ever parsed as markup.

export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && typeof value !== "string") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("icon");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** Makes `container` hold one element for each of `items`, in order, keeping those whose key stays. */
export function keyed(container, items, { key, create, update }) {
  const known = new Map([...container.children].map((child) => [child.dataset.key, child]));
  let place = container.firstElementChild;
  for (const item of items) {
    const name = String(key(item));
    let child = known.get(name);
    known.delete(name);
    if (child === undefined) {
      child = create(item);
      child.dataset.key = name;
    }
    update?.(child, item);
    if (child === place) place = place.nextElementSibling;
    else container.insertBefore(child, place);
  }
  for (const child of known.values()) child.remove();
}

/** Writes only what differs, so that screen readers and selections are left alone. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const ICONS = {
  send: "M3 20V4l19 8zm2-3 11.85-5L5 7v3.5l6 1.5-6 1.5z",
  back: "M15.5 5 8.5 12l7 7 1.4-1.4L11.3 12l5.6-5.6z",
  plus: "M11 5h2v6h6v2h-6v6h-2v-6H5v-2h6z",
  down: "m12 16-6-6 1.4-1.4 4.6 4.6 4.6-4.6L18 10z",
  more: "M6 10.5a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3m6 0a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3m6 0a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3",
  close: "M6.4 5 12 10.6 17.6 5 19 6.4 13.4 12l5.6 5.6-1.4 1.4-5.6-5.6L6.4 19 5 17.6l5.6-5.6L5 6.4z",
  clock: "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18m0 2a7 7 0 1 0 0 14 7 7 0 0 0 0-14m1 2v4.6l3.3 2-1 1.6L11 12.7V7z",
  tick: "m9.5 18-6-6 1.4-1.4 4.6 4.5L19.1 5.5 20.5 7z",
  ticks: "m6.5 17.5-5-5 1.4-1.4 3.6 3.6 1.4-1.5 1.4 1.4zm5 0-5-5 1.4-1.4 3.6 3.6 9.1-9.2L22 6.9z",
  warning: "M12 3 1.5 21h21zm-1 7h2v5h-2zm0 6.5h2v2h-2z",
};
