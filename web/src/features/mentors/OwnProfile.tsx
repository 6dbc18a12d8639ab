import { type FormEvent, useCallback, useState } from "react";
import { useMessaging, useResource } from "@/hooks";
import { useTexts } from "@/i18n";
import { isMessagingError } from "@/sdk";
import type { ChangeMentor, MentorProfile } from "@/sdk/contract";
import { Banner, Button, Card, EmptyState, Field, Loading, Page, Select, TextArea, toast } from "@/ui";
import styles from "./Mentors.module.css";
import { mentorTexts } from "./texts";

const AVAILABILITIES = ["available", "limited", "unavailable"] as const;

/** What a mentor says of themself in the directory. */
export function OwnProfile() {
  const t = useTexts(mentorTexts);
  const { rest } = useMessaging();
  const { data, error } = useResource(useCallback((signal) => rest.call("GET /api/mentors/me", { signal }), [rest]));
  return (
    <Page title={t("mine")} back="/mentors">
      {error !== null && <EmptyState title={t("failed")} />}
      {error === null && data === null && <Loading text={t("loading")} />}
      {data !== null && (
        <Card>
          <ProfileForm mentor={data.mentor} />
        </Card>
      )}
    </Page>
  );
}

function ProfileForm({ mentor }: { mentor: MentorProfile }) {
  const t = useTexts(mentorTexts);
  const { busy, fields, failed, save } = useSave();
  // Of a list the server names the place: "languages.1".
  const trouble = (name: string) => Object.entries(fields).find(([field]) => field.startsWith(name))?.[1] ?? null;
  return (
    <form className={styles.form} onSubmit={save}>
      <Field label={t("headline")} name="headline" maxLength={160} defaultValue={mentor.headline} trouble={trouble("headline")} />
      <TextArea label={t("bio")} name="bio" maxLength={4000} defaultValue={mentor.bio} trouble={trouble("bio")} />
      <Field
        label={t("specialties")}
        hint={t("commas")}
        name="specialties"
        defaultValue={mentor.specialties.join(", ")}
        trouble={trouble("specialties")}
      />
      <Field
        label={t("languages")}
        hint={t("languagesHint")}
        name="languages"
        defaultValue={mentor.languages.join(", ")}
        trouble={trouble("languages")}
      />
      <Field
        label={t("country")}
        hint={t("countryHint")}
        name="country"
        maxLength={2}
        defaultValue={mentor.country ?? ""}
        trouble={trouble("country")}
      />
      <Select label={t("availability")} name="availability" defaultValue={mentor.availability}>
        {AVAILABILITIES.map((one) => (
          <option key={one} value={one}>
            {t(one)}
          </option>
        ))}
      </Select>
      {failed && (
        <Banner tone="danger" round role="alert">
          {t("changeFailed")}
        </Banner>
      )}
      <div>
        <Button kind="primary" type="submit" busy={busy}>
          {t("save")}
        </Button>
      </div>
    </form>
  );
}

function useSave() {
  const t = useTexts(mentorTexts);
  const { rest } = useMessaging();
  const [busy, setBusy] = useState(false);
  const [fields, setFields] = useState<Readonly<Record<string, string>>>({});
  const [failed, setFailed] = useState(false);

  async function store(body: ChangeMentor) {
    setBusy(true);
    setFields({});
    setFailed(false);
    try {
      await rest.call("PATCH /api/mentors/me", { body });
      toast(t("saved"));
    } catch (error) {
      if (!isMessagingError(error)) throw error;
      setFields(error.fields);
      setFailed(Object.keys(error.fields).length === 0);
    } finally {
      setBusy(false);
    }
  }

  function save(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>;
    const { headline = "", bio = "", specialties = "", languages = "", country = "", availability } = given;
    void store({
      headline,
      bio,
      specialties: listOf(specialties),
      languages: listOf(languages.toLowerCase()),
      country: country.trim() === "" ? null : country.trim().toUpperCase(),
      availability: availability as MentorProfile["availability"],
    });
  }

  return { busy, fields, failed, save };
}

function listOf(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
