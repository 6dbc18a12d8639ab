import { ShieldAlert } from "lucide-react";
import { type FormEvent, useCallback, useId, useState } from "react";
import { useMessaging, usePages } from "@/hooks";
import { doctorName, fullTime, reasonText, useTexts } from "@/i18n";
import { isMessagingError } from "@/sdk";
import type { BrokenGlass, OwnMessage } from "@/sdk/contract";
import { Banner, Button, Card, Dialog, EmptyState, Loading, Rows, TextArea, uiTexts } from "@/ui";
import styles from "./Admin.module.css";
import { adminTexts } from "./texts";

const SHORTEST = 10;
const PAGE = 100;

/** Reading a conversation one has no part in: with a reason, for a time, and with everybody told. */
export function Glass({ conversationId }: { conversationId: number }) {
  const t = useTexts(adminTexts);
  const [isAsking, setIsAsking] = useState(false);
  const [broken, setBroken] = useState<BrokenGlass | null>(null);
  return (
    <>
      {broken === null ? (
        <div>
          <Button icon={<ShieldAlert size={18} aria-hidden="true" />} onClick={() => setIsAsking(true)}>
            {t("glass")}
          </Button>
        </div>
      ) : (
        <Opened broken={broken} />
      )}
      {isAsking && (
        <Ask
          conversationId={conversationId}
          close={() => setIsAsking(false)}
          opened={(reply) => {
            setIsAsking(false);
            setBroken(reply);
          }}
        />
      )}
    </>
  );
}

interface AskProps {
  conversationId: number;
  close: () => void;
  opened: (reply: BrokenGlass) => void;
}

function Ask({ conversationId, close, opened }: AskProps) {
  const t = useTexts(adminTexts);
  const form = useId();
  const { rest } = useMessaging();
  const [failed, setFailed] = useState(false);

  async function open(reason: string) {
    try {
      opened(await rest.admin.breakGlass(conversationId, reason));
    } catch (error) {
      if (!isMessagingError(error)) throw error;
      setFailed(true);
    }
  }

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    void open(String(new FormData(event.currentTarget).get("reason")));
  }

  return (
    <Dialog
      title={t("glassTitle")}
      onClose={close}
      actions={
        <>
          <Button onClick={close}>{t("cancel")}</Button>
          <Button kind="danger" type="submit" form={form}>
            {t("glassGo")}
          </Button>
        </>
      }
    >
      <form id={form} className={styles.form} onSubmit={submit}>
        <p>{t("glassText")}</p>
        <TextArea label={t("glassReason")} name="reason" required minLength={SHORTEST} maxLength={500} data-autofocus trouble={failed ? t("changeFailed") : null} />
      </form>
    </Dialog>
  );
}

function Opened({ broken: { conversationId, until } }: { broken: BrokenGlass }) {
  const t = useTexts(adminTexts);
  const ui = useTexts(uiTexts);
  const { rest } = useMessaging();
  // The latest page first; earlier ones come above it, as in any history.
  const { items, isLoading, error, hasMore, loadMore, reload } = usePages<OwnMessage>(
    useCallback(
      async (before) => {
        const page = await rest.admin.readWhileBroken(conversationId, { limit: PAGE, beforeSeq: before });
        return { items: page.items.toReversed(), hasMore: page.hasMore, next: page.next };
      },
      [rest, conversationId],
    ),
  );
  return (
    <>
      <Banner tone="warn" round role="status" icon={<ShieldAlert size={18} aria-hidden="true" />}>
        {t("glassOpen", { until: fullTime(until) })}
      </Banner>
      {error !== null && (
        <Banner tone="danger" round role="alert" action={<Button onClick={reload}>{ui("retry")}</Button>}>
          {reasonText(error)}
        </Banner>
      )}
      {hasMore && (
        <div>
          <Button busy={isLoading} onClick={loadMore}>
            {t("earlier")}
          </Button>
        </div>
      )}
      {isLoading && items.length === 0 && <Loading text={t("loading")} />}
      {!isLoading && error === null && items.length === 0 && <EmptyState title={t("noMessages")} />}
      {items.length > 0 && (
        <Card flush>
          <Rows>
            {items.toReversed().map((message) => (
              <Line key={message.id} message={message} />
            ))}
          </Rows>
        </Card>
      )}
    </>
  );
}

function Line({ message }: { message: OwnMessage }) {
  const t = useTexts(adminTexts);
  const text = typeof message.content === "string" ? message.content : t("system");
  const shown = message.deletedAt ? t("deleted") : text === "" ? t("file") : text;
  return (
    <li className={styles.message}>
      <span>
        <strong>{message.senderRole === "medecin" ? doctorName(message.senderName ?? "") : message.senderName}</strong> <time dateTime={message.sentAt}>{fullTime(message.sentAt)}</time>
      </span>
      <p>{shown}</p>
    </li>
  );
}
