import { icon, h } from "../dom.js";
import { counted, t } from "../i18n.js";
import { lastSeqOfOthers } from "../thread.js";

const NEAR = 60;

/**
 * Where the history stands: at the first unread when it opens, at the bottom while one is at the bottom, and still where
 * one reads when older ones come above or new ones below; those are counted on `below`.
 */
export function scrolling(history, below, onTop, onBottom) {
  let placed = false;
  let seenUpTo = 0;
  let known = 0;
  let oldest = null;
  let waiting = 0;

  const isAtBottom = () => history.scrollHeight - history.scrollTop - history.clientHeight < NEAR;

  function toBottom() {
    history.scrollTop = history.scrollHeight;
  }

  history.addEventListener(
    "scroll",
    () => {
      if (!placed) return;
      if (history.scrollTop < NEAR) onTop();
      if (isAtBottom() && !below.hidden) {
        below.hidden = true;
        seenUpTo = known;
        onBottom();
      }
    },
    { passive: true },
  );
  new ResizeObserver(() => placed && below.hidden && toBottom()).observe(history);

  /** Runs `change`, which alters the rows of `thread`, and puts the view where it belongs. */
  function around(thread, change) {
    const { scrollHeight, scrollTop } = history;
    const wasAtBottom = isAtBottom();
    change();
    const seqs = Object.values(thread.messages).map((message) => message.seq);
    const first = seqs.length === 0 ? null : Math.min(...seqs);
    known = lastSeqOfOthers(thread, null);
    if (!placed) {
      if (thread.status === "ready") place();
    } else if (oldest !== null && first !== null && first < oldest) {
      history.scrollTop = scrollTop + history.scrollHeight - scrollHeight;
    } else if (wasAtBottom || Object.keys(thread.pending).length > waiting) {
      toBottom();
      seenUpTo = known;
    } else {
      count(seqs.filter((seq) => seq > seenUpTo).length);
    }
    oldest = first;
    waiting = Object.keys(thread.pending).length;
  }

  function place() {
    placed = true;
    seenUpTo = known;
    const divider = history.querySelector(".is-unread");
    if (divider === null) toBottom();
    else divider.scrollIntoView({ block: "center" });
  }

  function count(fresh) {
    below.hidden = fresh === 0;
    below.replaceChildren(icon("down"), h("span", {}, counted("thread.newBelow", fresh)));
    below.setAttribute("aria-label", t("thread.toBottom"));
  }

  return { around, toBottom };
}
