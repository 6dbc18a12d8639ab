import { useCallback, useEffect, useState } from "react";
import { useConnectionStats, useMessaging, useResource } from "@/hooks";
import { personName, roleName, useTexts } from "@/i18n";
import type { Stats } from "@/sdk";
import { Avatar, Card, Figures, Loading, Row, Rows } from "@/ui";
import styles from "./Admin.module.css";
import { Chart } from "./Chart";
import { SHOWN } from "./curve";
import { adminTexts } from "./texts";

const SECOND = 1_000;

export function Overview() {
  const t = useTexts(adminTexts);
  const stats = useConnectionStats();
  const seen = useHistory(stats?.connections ?? null);
  if (stats === null) return <Loading text={t("waiting")} />;
  const numbers = [
    ["connections", stats.connections],
    ["people", stats.users],
    ["several", stats.multipleConnections],
    ["rooms", stats.rooms],
    ["nodes", stats.nodes],
  ] as const;
  return (
    <>
      <Figures figures={numbers.map(([key, value]) => ({ key, name: t(key), value }))} />
      <Card title={t("chart")}>
        <Chart values={seen} />
      </Card>
      <Card title={t("severalTitle")} flush>
        <Several stats={stats} />
      </Card>
    </>
  );
}

/** One value a second: what is told only on change is the same until then. */
function useHistory(now: number | null): readonly number[] {
  const [values, setValues] = useState<readonly number[]>([]);
  useEffect(() => {
    if (now === null) return;
    setValues((before) => (before.length === 0 ? [now, now] : [...before.slice(0, -1), now]));
    const timer = setInterval(() => setValues((before) => [...before, now].slice(-SHOWN)), SECOND);
    return () => clearInterval(timer);
  }, [now]);
  return values;
}

function Several({ stats }: { stats: Stats }) {
  const t = useTexts(adminTexts);
  const several = Object.entries(stats.connectionDetails).toSorted(([, a], [, b]) => b - a);
  return (
    <Rows>
      {several.length === 0 && <Row title={<span className={styles.lead}>{t("severalNone")}</span>} />}
      {several.map(([id, count]) => (
        <Connected key={id} id={Number(id)} count={count} />
      ))}
    </Rows>
  );
}

function Connected({ id, count }: { id: number; count: number }) {
  const t = useTexts(adminTexts);
  const { rest } = useMessaging();
  const { data } = useResource(useCallback(() => rest.admin.user(id), [rest, id]));
  const person = data?.user;
  return (
    <Row
      before={person && <Avatar person={person} size="small" />}
      title={person === undefined ? `#${id}` : personName(person)}
      detail={person && roleName(person.role)}
      side={t("connectionsOf", { count })}
    />
  );
}
