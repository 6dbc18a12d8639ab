// The service worker: opens the client without a network, and shows notifications. It keeps nothing but files of the
// client itself; nothing of what people write passes through here, and notifications say only that there is something.

const worker = self as unknown as ServiceWorkerGlobalScope;

const KEPT = "colloque-client";
const ADDRESSES = /^\/(?:$|(?:conversations|search|settings|mentors|forum|admin)(?:\/|$))/;
const HASHED = /^\/assets\/.+-[\w-]{8}\.\w+$/;
const OF_THE_PAGE = /(?:src|href)="(\/assets\/[^"]+)"/g;
const ICON = "/icon-192.png";
/** So long a line may be silent before the page that was kept is shown instead. */
const PATIENCE_MS = 4_000;

const TEXTS = {
  fr: { title: "Colloque", urgent: "Un message urgent vous attend.", new_message: "Un message vous attend.", other: "Il y a du nouveau pour vous." },
  en: { title: "Colloque", urgent: "An urgent message waits for you.", new_message: "A message waits for you.", other: "There is something new for you." },
};

interface Signal {
  notificationId: number;
  kind: string;
  urgent: boolean;
}

worker.addEventListener("install", (event) => {
  event.waitUntil(keepPage().then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(worker.clients.claim());
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== worker.location.origin) return;
  if (request.mode === "navigate" && ADDRESSES.test(url.pathname)) page(event);
  else if (HASHED.test(url.pathname)) event.respondWith(file(request));
});

worker.addEventListener("push", (event) => {
  event.waitUntil(tell(event.data?.json() as Signal | undefined));
});

worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(show());
});

/** Whatever is shown, the present one is kept for the next time. */
function page(event: FetchEvent): void {
  const present = fetch(event.request);
  event.waitUntil(
    present.then(async (answer) => {
      if (answer.ok) await keep(answer.clone());
    }),
  );
  event.respondWith(presentOrKept(present));
}

/** The last that was there, when the present one does not come, or not soon, or as the trouble of a server. */
async function presentOrKept(present: Promise<Response>): Promise<Response> {
  const kept = await (await caches.open(KEPT)).match("/");
  if (kept === undefined) return present;
  const silence = new Promise<Response>((resolve) => setTimeout(() => resolve(kept), PATIENCE_MS));
  return Promise.race([present.then((answer) => (answer.status < 500 ? answer : kept), () => kept), silence]);
}

/** Its name says what is in it: what was kept is right for good. */
async function file(request: Request): Promise<Response> {
  const cache = await caches.open(KEPT);
  const kept = await cache.match(request);
  if (kept !== undefined) return kept;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}

async function keepPage(): Promise<void> {
  const answer = await fetch("/", { cache: "no-cache" });
  if (answer.ok) await keep(answer);
}

/** A page of another build: its files come first, so that it is never there without them. Those of the one before go. */
async function keep(answer: Response): Promise<void> {
  const cache = await caches.open(KEPT);
  const now = await answer.clone().text();
  if (now === (await (await cache.match("/"))?.text())) return;
  const before = await cache.keys();
  const files = [...now.matchAll(OF_THE_PAGE)].map(([, address]) => address as string);
  await cache.addAll(files);
  await cache.put("/", answer);
  for (const request of before) if (!["/", ...files].includes(new URL(request.url).pathname)) await cache.delete(request);
}

async function tell(signal: Signal | undefined): Promise<void> {
  const texts = worker.navigator.language.toLowerCase().startsWith("en") ? TEXTS.en : TEXTS.fr;
  const kind = signal?.urgent === true ? "urgent" : signal?.kind === "new_message" ? "new_message" : "other";
  await worker.registration.showNotification(texts.title, {
    body: texts[kind],
    icon: ICON,
    badge: ICON,
    // One at a time: what is new is counted inside.
    tag: "colloque",
    requireInteraction: kind === "urgent",
  });
}

async function show(): Promise<void> {
  const [open] = await worker.clients.matchAll({ type: "window" });
  if (open === undefined) await worker.clients.openWindow("/");
  else await open.focus();
}
