import { Award } from "lucide-react";
import { useCallback, useState } from "react";
import { useMessaging, usePages } from "@/hooks";
import { ago, useTexts } from "@/i18n";
import type { Point } from "@/sdk/contract";
import { Card, EmptyState, Listing, Row } from "@/ui";
import styles from "./Forum.module.css";
import { lineOf } from "./ledger";
import { Section } from "./Section";
import { forumTexts } from "./texts";

/** One's own points, and what each was for. */
export function Points() {
  const t = useTexts(forumTexts);
  const { rest } = useMessaging();
  const [total, setTotal] = useState<number | null>(null);
  const pages = usePages<Point>(
    useCallback(
      async (before, signal) => {
        const ledger = await rest.call("GET /api/points", { query: { before }, signal });
        setTotal(ledger.points);
        return ledger;
      },
      [rest],
    ),
  );
  return (
    <Section part="points">
      <Card>
        {total !== null && (
          <p className={styles.standing}>
            <strong>{t("pointsOf", { count: total })}</strong>
          </p>
        )}
        <p className={styles.quiet}>{t("pointsText")}</p>
      </Card>
      <Listing pages={pages} empty={<EmptyState icon={<Award size={28} />} title={t("noPoints")} text={t("noPointsText")} />}>
        {(point) => <PointRow key={point.id} point={point} />}
      </Listing>
    </Section>
  );
}

function PointRow({ point }: { point: Point }) {
  const t = useTexts(forumTexts);
  const { kind, isUndone, amount } = lineOf(point);
  const what = t(`point_${kind}`);
  const about = point.questionTitle === null ? t("removedQuestion") : point.questionTitle;
  return (
    <Row
      tight
      {...(point.questionTitle === null ? {} : { href: `/forum/${point.questionId}` })}
      title={isUndone ? t("undone", { what }) : what}
      detail={`${about} · ${ago(point.at)}`}
      side={<strong className={styles.amount}>{amount}</strong>}
    />
  );
}
