// Web Push in this browser: asked for by a person, never by itself, and bound to the session that is open.

import { isMessagingError, MessagingError } from "./errors";
import type { Rest } from "./rest";

/** `unsupported`: this browser, or the server, has no Web Push; `denied`: only the browser's settings can change it. */
export type PushStatus = "unsupported" | "denied" | "off" | "on";

const WORKER = "/sw.js";

/** Without it the client works as well; it only opens slower, and not without a network. */
export function startWorker(): void {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.register(WORKER).catch((error: unknown) => {
    // A browser that keeps nothing, such as a private window, refuses.
    if (!(error instanceof DOMException) && !(error instanceof TypeError)) throw error;
  });
}

export async function pushStatus(): Promise<PushStatus> {
  if (!isPossible()) return "unsupported";
  if (Notification.permission === "denied") return "denied";
  return (await subscription()) === null ? "off" : "on";
}

/** Whether it is worth offering: this browser can, nobody answered its question yet, and the server has a key. */
export async function canOfferPush(rest: Rest): Promise<boolean> {
  if ((await pushStatus()) !== "off" || Notification.permission !== "default") return false;
  try {
    return (await rest.notifications.pushKey()).publicKey !== null;
  } catch (error) {
    if (!isMessagingError(error)) throw error;
    return false;
  }
}

/** After a click: asks the browser's question. Throws MessagingError. */
export async function startPush(rest: Rest): Promise<PushStatus> {
  if (!isPossible()) return "unsupported";
  const { publicKey } = await rest.notifications.pushKey();
  if (publicKey === null) return "unsupported";
  if ((await Notification.requestPermission()) !== "granted") return pushStatus();
  const registration = await navigator.serviceWorker.ready;
  const made = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey }).catch(outOfReach);
  await tell(rest, made);
  return "on";
}

export async function stopPush(rest: Rest): Promise<PushStatus> {
  const known = await subscription();
  if (known !== null) {
    const { id } = await tell(rest, known);
    await Promise.all([rest.notifications.unsubscribe(id), known.unsubscribe()]);
  }
  return pushStatus();
}

/** Once a session is open: what was subscribed in an earlier one ended with it. */
export async function keepPush(rest: Rest): Promise<void> {
  if ((await pushStatus()) !== "on") return;
  try {
    const known = await subscription();
    if (known !== null) await tell(rest, known);
  } catch (error) {
    // The next start does it again.
    if (!isMessagingError(error)) throw error;
  }
}

/** Nobody who uses this browser next is told what is not theirs. */
export async function dropPush(): Promise<void> {
  if (isPossible()) await (await subscription())?.unsubscribe();
}

/** Some browsers have no push service, or none that answers. */
function outOfReach(error: unknown): never {
  throw error instanceof DOMException ? new MessagingError("UNAVAILABLE") : error;
}

function tell(rest: Rest, known: PushSubscription): Promise<{ id: number }> {
  const { endpoint, keys } = known.toJSON() as { endpoint: string; keys: { p256dh: string; auth: string } };
  return rest.notifications.subscribe({ endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth } });
}

function isPossible(): boolean {
  return "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
}

async function subscription(): Promise<PushSubscription | null> {
  const registration = await navigator.serviceWorker.getRegistration(WORKER);
  return (await registration?.pushManager.getSubscription()) ?? null;
}
