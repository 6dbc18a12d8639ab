import { useTexts } from "@/i18n";
import { classes } from "@/ui";
import { useActions, useFacts } from "../actions";
import { texts } from "../texts";
import type { Message } from "../types";
import styles from "./Reactions.module.css";

/** Under a bubble; a press gives the same reaction or takes one's own back. */
export function Reactions({ message, tabIndex }: { message: Message; tabIndex: number }) {
  const t = useTexts(texts);
  const { react } = useActions();
  const { me, nameOf, canReply } = useFacts();
  return (
    <ul className={styles.reactions} aria-label={t("reactions")}>
      {message.reactions.map(({ emoji, userIds }) => {
        const names = userIds.map((userId) => nameOf(userId)).join(", ");
        const isMine = userIds.includes(me);
        return (
          <li key={emoji}>
            <button
              type="button"
              tabIndex={tabIndex}
              className={classes(styles.reaction, isMine && styles.mine)}
              aria-pressed={isMine}
              aria-label={t("reactedBy", { emoji, names })}
              title={names}
              disabled={!canReply}
              onClick={() => react(message, emoji)}
            >
              <span className={styles.sign}>{emoji}</span>
              {userIds.length > 1 && userIds.length}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
