// Back (of a phone, a browser, a mouse) closes what is open over the page before it leaves the page. Each open layer has an
// entry of the history, with the address of the page below; the entry's state says how many layers are open there.

import { useCallback, useEffect, useRef } from "react";

interface Layer {
  close: () => void;
  /** The layers of its entry; 0: it has none yet. */
  depth: number;
}

/** The press that closed a layer may go on to a link: its entry stays until that has been followed. */
const CLICK_MS = 200;
/** A step through the history that was asked for and has not come by then will not come. */
const STEP_MS = 1_000;

const open: Layer[] = [];
let isOurs = false;
let settling: ReturnType<typeof setTimeout> | undefined;
let stepping: ReturnType<typeof setTimeout> | undefined;
/** Where the entry on top was made, and how many layers the current one had when that was last looked at. */
let madeAt = "";
let seen = 0;

/** From now on, where the history is ours: a page that we are embedded in has its own. */
export function startBack(): void {
  isOurs = true;
  window.addEventListener("popstate", moved);
  // The page was loaded anew with something open.
  plan(0);
}

/** Returns a way to say that it can be seen no more, for a layer that the browser hides some time before it is taken away. */
export function useBackCloses(onClose: () => void): () => void {
  const close = useRef(onClose);
  close.current = onClose;
  const layer = useRef<Layer>(undefined);
  const gone = useCallback(() => {
    const at = open.findIndex((one) => one === layer.current);
    if (at === -1) return;
    open.splice(at, 1);
    plan(CLICK_MS);
  }, []);
  useEffect(() => {
    if (!isOurs) return;
    layer.current = { close: () => close.current(), depth: 0 };
    open.push(layer.current);
    // What opens in the place of what has just closed takes over its entry.
    plan(0);
    return gone;
  }, [gone]);
  return gone;
}

function entries(): number {
  const state: unknown = history.state;
  return typeof state === "object" && state !== null && "layers" in state ? Number(state.layers) : 0;
}

function plan(wait: number): void {
  clearTimeout(settling);
  settling = setTimeout(settle, wait);
}

/** As many entries as there are layers. */
function settle(): void {
  settling = undefined;
  if (stepping !== undefined) return;
  const surplus = entries() - open.length;
  if (surplus > 0) return step(-surplus);
  for (let layers = entries() + 1; layers <= open.length; layers += 1) history.pushState({ layers }, "");
  for (const [index, layer] of open.entries()) layer.depth = index + 1;
  madeAt = location.href;
  seen = open.length;
}

function step(by: number): void {
  stepping = setTimeout(() => {
    stepping = undefined;
  }, STEP_MS);
  history.go(by);
}

function moved(): void {
  clearTimeout(stepping);
  const isOwnStep = stepping !== undefined;
  stepping = undefined;
  const isLayerLeft = seen > 0 && entries() === 0 && location.href === madeAt;
  seen = entries();
  // The layer was closed a moment ago, and this took away its entry: whoever went back meant the page.
  if (isLayerLeft && !isOwnStep && settling !== undefined && open.length === 0) return history.back();
  for (const layer of open.toReversed()) {
    if (layer.depth > entries()) layer.close();
  }
  plan(0);
}
