import { BellRing } from "lucide-react";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { useMessaging, useOutbox } from "@/hooks";
import { recall, remember, useTexts } from "@/i18n";
import { isMessagingError } from "@/sdk";
import { canOfferPush, startPush } from "@/sdk/push";
import { Banner, Button, toast } from "@/ui";
import { type Hands, watchHands } from "./quietMoment";
import styles from "./Shell.module.css";
import { appTexts } from "./texts";

/** The answer, whichever it was: nobody is asked twice. */
const KEY = "colloque.notify";
/** With less, as with large text on a small phone, it would cover most of what one reads. */
const LEAST_LINES = 30;

/** After the first message that was sent, when there is an answer to wait for and the hands rest: what notifications are, and yes or not now. */
export function OfferNotifications() {
  const t = useTexts(appTexts);
  const { rest } = useMessaging();
  const [isOffered, close] = useOffer();
  const hasRoom = useSyncExternalStore(onResize, isRoomy);
  const [isBusy, setBusy] = useState(false);

  async function accept() {
    setBusy(true);
    try {
      toast(t((await startPush(rest)) === "on" ? "notifyOn" : "notifyBlocked"));
    } catch (error) {
      if (!isMessagingError(error)) throw error;
      toast(t("notifyFailed"));
    } finally {
      close("asked");
    }
  }

  return (
    <div role="status">
      {isOffered && hasRoom && (
        <Banner
          icon={<BellRing size={20} aria-hidden="true" />}
          action={
            <span className={styles.answers}>
              <Button kind="quiet" onClick={() => close("later")}>
                {t("notifyLater")}
              </Button>
              <Button kind="primary" busy={isBusy} onClick={() => void accept()}>
                {t("notifyYes")}
              </Button>
            </span>
          }
        >
          {t("notifyOffer")}
        </Banner>
      )}
    </div>
  );
}

function useOffer(): [boolean, (answer: "asked" | "later") => void] {
  const { rest } = useMessaging();
  const hasSent = useHasSent();
  const hands = useRef<Hands>(undefined);
  const [isOffered, setOffered] = useState(false);
  useEffect(() => {
    const watched = watchHands(document);
    hands.current = watched;
    return () => watched.leave();
  }, []);
  useEffect(() => {
    if (!hasSent || recall(KEY) !== null) return;
    let isWanted = true;
    void canOfferPush(rest).then((can) => {
      if (isWanted && can) hands.current?.whenQuiet(() => setOffered(true));
    });
    return () => {
      isWanted = false;
    };
  }, [hasSent, rest]);
  return [
    isOffered,
    (answer) => {
      remember(KEY, answer);
      setOffered(false);
    },
  ];
}

function onResize(listener: () => void): () => void {
  window.addEventListener("resize", listener);
  return () => window.removeEventListener("resize", listener);
}

function isRoomy(): boolean {
  return window.innerHeight >= LEAST_LINES * Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
}

/** Whether a message written here has reached the server since the page was opened. */
function useHasSent(): boolean {
  const messaging = useMessaging();
  const outbox = useOutbox();
  const before = useRef(outbox);
  const [hasSent, setSent] = useState(false);
  useEffect(() => {
    const { threads } = messaging.getState();
    const left = before.current.filter((item) => !outbox.some(({ clientMessageId }) => clientMessageId === item.clientMessageId));
    before.current = outbox;
    const isStored = left.some(({ conversationId, clientMessageId }) =>
      threads[conversationId]?.messages.some((message) => message.clientMessageId === clientMessageId),
    );
    if (isStored) setSent(true);
  }, [messaging, outbox]);
  return hasSent;
}
