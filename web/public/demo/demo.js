// A host application in plain JavaScript. A real one gets its tokens from its own server; this one borrows those of the
// demo clinic, without touching the session of anybody who is logged in to Colloque in this browser.

import { openColloque } from "/embed/colloque.js";

const NAMES = { amelie: "Amélie Durand (patiente)", "dr.martin": "Dr. Claire Martin", lucie: "Lucie Moreau (une autre patiente)" };
const who = document.getElementById("who");
const note = document.getElementById("note");
let leave = () => {};

function tokenOf({ username, password }) {
  let known = null;
  return async ({ renew }) => {
    if (known !== null && !renew && Date.now() < known.until) return known.token;
    const answer = await fetch("/api/auth/login", {
      method: "POST",
      credentials: "omit",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ username, password }),
    });
    const { accessToken, expiresIn } = await answer.json();
    known = { token: accessToken, until: Date.now() + (expiresIn - 30) * 1000 };
    return known.token;
  };
}

async function show(user) {
  leave();
  const colloque = await openColloque({ url: location.origin, token: tokenOf(user), language: "fr" });
  const removed = [...document.querySelectorAll("[data-context]")].map((place) => {
    const { context: contextType, id: contextId, title: contextTitle } = place.dataset;
    return colloque.button(place, { contextType, contextId, contextTitle });
  });
  leave = () => {
    for (const remove of removed) remove();
    colloque.close();
  };
}

const answer = await fetch("/api/demo");
const users = answer.ok ? (await answer.json()).users.filter(({ username }) => username in NAMES) : [];
for (const { username } of users) who.append(new Option(NAMES[username], username));
who.addEventListener("change", () => show(users.find(({ username }) => username === who.value)));
if (users.length > 0) await show(users.find(({ username }) => username === who.value));
else note.textContent = "Cette page a besoin de la clinique de démonstration : python -m server serve --demo.";
