// Puts the page together: who is logged in, and which view that means.

import { Api } from "./api.js";
import { h } from "./dom.js";
import { language, setLanguage, t } from "./i18n.js";
import { waitingMessages } from "./state.js";
import { Messenger } from "./messenger.js";
import { Store } from "./store.js";
import { loginView } from "./views/login.js";
import { shellView } from "./views/shell.js";

const KEPT_AS = "colloque.loggedIn";
const START_AGAIN = 2_000;

const root = document.getElementById("app");
const store = new Store();
const api = new Api({ language, onEnded: (because) => end(because) });
let messenger = null;
let view = null;
let forget = () => {};

function show(next) {
  forget();
  view?.stop?.();
  view = next;
  root.replaceChildren(view.element);
  if (view.update !== undefined) forget = store.subscribe((state) => view.update(state));
}

function showPhase() {
  const switchLanguage = () => {
    setLanguage(language() === "fr" ? "en" : "fr");
    showPhase();
  };
  if (messenger !== null) show(shellView({ messenger, signOut, switchLanguage }));
  else show(loginView({ login, switchLanguage }));
}

function enter(user) {
  remember(true);
  store.dispatch({ type: "session/started", user });
  messenger = new Messenger({ api, store, onEnded: (because) => end(because) });
  showPhase();
  messenger.start();
}

function end(because) {
  if (messenger === null) return;
  messenger.stop();
  messenger = null;
  // Another tab may be logged in still, as this person or as somebody else.
  if (because === "expired" || because === "signed_out") remember(false);
  store.dispatch({ type: "session/ended", because });
  document.title = "Colloque";
  showPhase();
}

async function login(username, password) {
  enter(await api.login(username, password));
}

async function signOut() {
  // Before the session ends: the socket would take its end for a reason to ask for a new token.
  messenger.stop();
  try {
    await api.logout();
  } catch (error) {
    if (error.code === undefined) throw error;
  }
  end("signed_out");
}

async function start() {
  document.documentElement.lang = language();
  show({ element: h("p", { class: "note", role: "status" }, t("app.loading")) });
  try {
    const user = remembered() ? await api.resume() : null;
    if (user !== null) return enter(user);
  } catch (error) {
    if (error.code === undefined) throw error;
    show({ element: h("p", { class: "note", role: "status" }, t("app.startFailed")) });
    return setTimeout(start, START_AGAIN);
  }
  store.dispatch({ type: "session/ended" });
  showPhase();
}

/** Only whether it is worth asking for a session: the session itself is in a cookie that scripts cannot read. */
function remember(isIn) {
  try {
    if (isIn) localStorage.setItem(KEPT_AS, "1");
    else localStorage.removeItem(KEPT_AS);
  } catch {
    // A browser that keeps nothing asks for the password after a reload.
  }
}

function remembered() {
  try {
    return localStorage.getItem(KEPT_AS) !== null;
  } catch {
    return false;
  }
}

document.addEventListener("visibilitychange", () => messenger?.markSeen());
window.addEventListener("focus", () => messenger?.markSeen());
window.addEventListener("online", () => messenger?.realtime.socket.connect());
window.addEventListener("beforeunload", (event) => {
  if (waitingMessages(store.state).length > 0) event.preventDefault();
});
let openThread = null;
store.subscribe((state) => {
  const thread = state.threads[state.openId];
  if (thread !== openThread) messenger?.markSeen();
  openThread = thread;
});

start();
api.demoUsers().then((users) => store.dispatch({ type: "demo/loaded", users }));
