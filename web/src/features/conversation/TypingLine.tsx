import { useTyping } from "@/hooks";
import { useTexts } from "@/i18n";
import type { Facts } from "./actions";
import styles from "./Pane.module.css";
import { texts } from "./texts";

/** Its place is always there, so that nothing moves when somebody begins to write. */
export function TypingLine({ id, nameOf }: { id: number; nameOf: Facts["nameOf"] }) {
  const t = useTexts(texts);
  const { userIds } = useTyping(id);
  return (
    <p className={styles.typing} role="status" data-typing="">
      {userIds.length > 0 && (
        <>
          <span className={styles.dots} aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          {t("typing", { name: userIds.map((userId) => nameOf(userId)).join(", ") })}
        </>
      )}
    </p>
  );
}
