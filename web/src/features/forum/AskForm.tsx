import { type FormEvent, useCallback, useDeferredValue, useState } from "react";
import { Link, useLocation } from "wouter";
import { useMessaging, useResource } from "@/hooks";
import { useTexts } from "@/i18n";
import { isMessagingError } from "@/sdk";
import type { Ask } from "@/sdk/contract";
import { Banner, Button, Card, Field, Page } from "@/ui";
import styles from "./Forum.module.css";
import { createOnce } from "./once";
import { tagsOf } from "./tags";
import { forumTexts } from "./texts";
import { Writing } from "./Writing";

const ENOUGH = 10;

export function AskForm() {
  const t = useTexts(forumTexts);
  const [title, setTitle] = useState("");
  const { busy, fields, failed, submit } = useAsk();
  // Of a list the server names the place: "tags.1".
  const trouble = (name: string) => Object.entries(fields).find(([field]) => field.startsWith(name))?.[1] ?? null;
  return (
    <Page title={t("ask")} back="/forum">
      <Card>
        <form className={styles.form} onSubmit={submit}>
          <Field
            label={t("askTitle")}
            hint={t("askTitleHint")}
            name="title"
            required
            minLength={10}
            maxLength={200}
            value={title}
            onChange={(event) => setTitle(event.target.value)}
            trouble={trouble("title")}
          />
          <Similar title={useDeferredValue(title.trim())} />
          <Writing label={t("askBody")} trouble={trouble("body")} />
          <Field label={t("tags")} hint={t("tagsHint")} name="tags" required trouble={trouble("tags")} />
          <Field
            label={t("pseudonym")}
            hint={t("pseudonymHint")}
            name="pseudonym"
            autoComplete="off"
            minLength={3}
            maxLength={40}
            trouble={trouble("pseudonym")}
          />
          {failed && (
            <Banner tone="danger" round role="alert">
              {t("changeFailed")}
            </Banner>
          )}
          <div>
            <Button kind="primary" type="submit" busy={busy}>
              {t("publish")}
            </Button>
          </div>
        </form>
      </Card>
    </Page>
  );
}

function useAsk() {
  const { rest } = useMessaging();
  const [, navigate] = useLocation();
  const [busy, setBusy] = useState(false);
  const [fields, setFields] = useState<Readonly<Record<string, string>>>({});
  const [failed, setFailed] = useState(false);
  const [once] = useState(createOnce);

  async function ask(body: Ask) {
    setBusy(true);
    setFailed(false);
    try {
      const { question } = await rest.call("POST /api/questions", { body: once.sent(body) });
      navigate(`/forum/${question.id}`);
    } catch (error) {
      if (!isMessagingError(error)) throw error;
      setFields(error.fields);
      setFailed(Object.keys(error.fields).length === 0);
      setBusy(false);
    }
  }

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>;
    const { title = "", body = "", tags = "", pseudonym = "" } = given;
    void ask({
      title,
      body,
      tags: tagsOf(tags),
      ...(pseudonym.trim() === "" ? {} : { pseudonym: pseudonym.trim() }),
    });
  }

  return { busy, fields, failed, submit };
}

/** What was asked before in these words, before one asks it again. */
function Similar({ title }: { title: string }) {
  const t = useTexts(forumTexts);
  const { rest } = useMessaging();
  const { data } = useResource(
    useCallback(
      async (signal) =>
        title.length < ENOUGH ? { items: [] } : rest.call("GET /api/questions/similar", { query: { title: title.slice(0, 200) }, signal }),
      [rest, title],
    ),
  );
  if (data === null || data.items.length === 0) return null;
  return (
    <Banner round>
      <strong>{t("similar")}</strong>
      <ul className={styles.similar}>
        {data.items.map(({ id, title: asked, answerCount }) => (
          <li key={id}>
            <Link href={`/forum/${id}`}>{asked}</Link> ({t("answers", { count: answerCount })})
          </li>
        ))}
      </ul>
    </Banner>
  );
}
