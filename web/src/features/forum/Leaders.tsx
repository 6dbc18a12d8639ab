import { Trophy } from "lucide-react";
import { useCallback, useState } from "react";
import { usePages, useMe, useMessaging } from "@/hooks";
import { personName, roleName, useTexts } from "@/i18n";
import type { Leader, MyRank } from "@/sdk/contract";
import { Avatar, Card, EmptyState, Filters, Listing, Row, Tag } from "@/ui";
import styles from "./Forum.module.css";
import { personOf } from "./people";
import { Section } from "./Section";
import { forumTexts } from "./texts";

const PERIODS = ["all", "month"] as const;
type Period = (typeof PERIODS)[number];

/** Who helped most: of all times, or this month. */
export function Leaders() {
  const t = useTexts(forumTexts);
  const [period, setPeriod] = useState<Period>("all");
  return (
    <Section part="leaders">
      <Filters
        label={t("period")}
        tabs={PERIODS.map((key) => ({ key, text: t(`period_${key}`) }))}
        chosen={period}
        onChoose={setPeriod}
      />
      <Board key={period} period={period} />
    </Section>
  );
}

function Board({ period }: { period: Period }) {
  const t = useTexts(forumTexts);
  const { rest } = useMessaging();
  const [mine, setMine] = useState<MyRank | null>(null);
  const pages = usePages<Leader>(
    useCallback(
      async (before, signal) => {
        const board = await rest.call("GET /api/leaderboard", { query: { period, before }, signal });
        setMine(board.me);
        return board;
      },
      [rest, period],
    ),
  );
  return (
    <>
      {mine !== null && (
        <Card>
          <p className={styles.standing}>
            <strong>{t("pointsOf", { count: mine.points })}</strong>
            <span>{mine.rank === null ? t("noRank") : t("myRank", { rank: mine.rank })}</span>
          </p>
        </Card>
      )}
      <Listing pages={pages} empty={<EmptyState icon={<Trophy size={28} />} title={t("noLeaders")} text={t("noLeadersText")} />}>
        {(leader) => <LeaderRow key={leader.userId} leader={leader} />}
      </Listing>
    </>
  );
}

function LeaderRow({ leader: { rank, userId, name, role, points } }: { leader: Leader }) {
  const t = useTexts(forumTexts);
  const me = useMe();
  const person = personOf({ name, role });
  return (
    <Row
      tight
      before={
        <>
          <span className={styles.rank}>{rank}</span>
          <Avatar person={person} size="small" />
        </>
      }
      title={
        <>
          {personName(person)} {userId === me?.id && <Tag tone="accent">{t("you")}</Tag>}
        </>
      }
      detail={roleName(role)}
      side={<strong className={styles.amount}>{t("pointsOf", { count: points })}</strong>}
    />
  );
}
