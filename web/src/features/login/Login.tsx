import { Eye, EyeOff, Lock } from "lucide-react";
import { type FormEvent, useEffect, useState } from "react";
import { LanguageSwitch } from "@/app/LanguageSwitch";
import { personName, roleName, useTexts } from "@/i18n";
import { isMessagingError } from "@/sdk/errors";
import type { EndedBecause } from "@/sdk/types";
import { Avatar, Banner, Button, Field, IconButton } from "@/ui";
import { type DemoUser, demoUsers } from "./demo";
import styles from "./Login.module.css";
import { Story } from "./Story";
import { loginTexts } from "./texts";

export interface LoginProps {
  login: (username: string, password: string) => Promise<void>;
  endedBecause: EndedBecause | null;
}

export function Login({ login, endedBecause }: LoginProps) {
  const t = useTexts(loginTexts);
  const people = useDemoUsers();
  const { busy, trouble, attempt } = useAttempt(login);
  return (
    <div className={styles.login}>
      <Story />
      <main className={styles.side}>
        <div className={styles.column}>
          {endedBecause && endedBecause !== "signed_out" && (
            <Banner tone="warn" round role="status">
              {t(`ended_${endedBecause}`)}
            </Banner>
          )}
          {people.length > 0 && <Demo people={people} busy={busy} choose={attempt} />}
          {people.length > 0 ? (
            <details className={styles.own}>
              <summary>{t("own")}</summary>
              <Form busy={busy} trouble={trouble} attempt={attempt} />
            </details>
          ) : (
            <>
              <h1 className={styles.heading}>{t("title")}</h1>
              <Form busy={busy} trouble={trouble} attempt={attempt} />
            </>
          )}
          <footer className={styles.foot}>
            <span>{t("emergency")}</span>
            <LanguageSwitch />
          </footer>
        </div>
      </main>
    </div>
  );
}

type Attempt = (username: string, password: string) => Promise<void>;

function useAttempt(login: Attempt) {
  const t = useTexts(loginTexts);
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);

  async function attempt(username: string, password: string) {
    setBusy(true);
    setTrouble(null);
    try {
      await login(username, password);
    } catch (error) {
      if (!isMessagingError(error)) throw error;
      setTrouble(told(error.code, error.retryAfter));
      setBusy(false);
    }
  }

  function told(code: string, retryAfter: number | null) {
    if (code === "RATE_LIMIT_EXCEEDED") return t("throttled", { count: retryAfter ?? 60 });
    return t(code === "AUTH_REQUIRED" || code === "VALIDATION_FAILED" ? "wrong" : "away");
  }

  return { busy, trouble, attempt };
}

function Form({ busy, trouble, attempt }: { busy: boolean; trouble: string | null; attempt: Attempt }) {
  const t = useTexts(loginTexts);
  const [shown, setShown] = useState(false);

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    void attempt(String(given.get("username")), String(given.get("password")));
  }

  return (
    <form className={styles.form} onSubmit={submit}>
      <Field label={t("username")} name="username" autoComplete="username" autoCapitalize="none" spellCheck={false} required />
      <Field
        label={t("password")}
        name="password"
        type={shown ? "text" : "password"}
        autoComplete="current-password"
        trouble={trouble}
        required
        after={
          <IconButton label={t(shown ? "hide" : "show")} aria-pressed={shown} onClick={() => setShown(!shown)}>
            {shown ? <EyeOff size={20} aria-hidden="true" /> : <Eye size={20} aria-hidden="true" />}
          </IconButton>
        }
      />
      <Button kind="primary" type="submit" large wide busy={busy} icon={<Lock size={18} aria-hidden="true" />}>
        {t("title")}
      </Button>
    </form>
  );
}

function Demo({ people, busy, choose }: { people: readonly DemoUser[]; busy: boolean; choose: Attempt }) {
  const t = useTexts(loginTexts);
  return (
    <section aria-labelledby="demo-title">
      <h1 id="demo-title" className={styles.heading}>
        {t("demo")}
      </h1>
      <p className={styles.hint}>{t("demoHint")}</p>
      <ul className={styles.people}>
        {people.map((person) => (
          <li key={person.username}>
            <DemoPerson person={person} busy={busy} choose={choose} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function DemoPerson({ person, busy, choose }: { person: DemoUser; busy: boolean; choose: Attempt }) {
  const t = useTexts(loginTexts);
  const name = `${person.firstName} ${person.lastName}`;
  return (
    <button
      type="button"
      className={styles.person}
      disabled={busy}
      data-username={person.username}
      title={t("as", { name, role: roleName(person.role) })}
      onClick={() => void choose(person.username, person.password)}
    >
      <Avatar person={person} size="small" />
      <span className={styles.name}>{personName(person)}</span>
      <span className={styles.role}>{roleName(person.role)}</span>
    </button>
  );
}

function useDemoUsers(): readonly DemoUser[] {
  const [people, setPeople] = useState<readonly DemoUser[]>([]);
  useEffect(() => {
    const leaving = new AbortController();
    void demoUsers(leaving.signal).then(setPeople);
    return () => leaving.abort();
  }, []);
  return people;
}
