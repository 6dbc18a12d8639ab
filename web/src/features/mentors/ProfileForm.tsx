import { type FormEvent, useMemo, useState } from "react";
import { useMessaging } from "@/hooks";
import { useLanguage, useTexts } from "@/i18n";
import { isMessagingError } from "@/sdk";
import type { ChangeMentor, MentorProfile } from "@/sdk/contract";
import { Banner, Button, Field, Select, TextArea, toast } from "@/ui";
import { countries, languages } from "./countries";
import { ListField } from "./ListField";
import styles from "./Mentors.module.css";
import { mentorTexts } from "./texts";

const AVAILABILITIES = ["available", "limited", "unavailable"] as const;
const MOST = 10;

export interface ProfileFormProps {
  mentor: MentorProfile;
  saved: (mentor: MentorProfile) => void;
}

export function ProfileForm({ mentor, saved }: ProfileFormProps) {
  const t = useTexts(mentorTexts);
  const spoken = useLanguage();
  const [specialties, setSpecialties] = useState(mentor.specialties);
  const [known, setKnown] = useState(mentor.languages);
  const lands = useMemo(() => countries(spoken), [spoken]);
  const tongues = useMemo(() => languages(spoken, mentor.languages), [spoken, mentor.languages]);
  const { busy, fields, failed, store } = useSave(saved);
  // Of a list the server names the place: "languages.1".
  const trouble = (name: string) => Object.entries(fields).find(([field]) => field.startsWith(name))?.[1] ?? null;

  function save(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const said = (name: string) => String(given.get(name) ?? "").trim();
    void store({
      headline: said("headline"),
      bio: said("bio"),
      specialties,
      languages: known,
      country: said("country") === "" ? null : said("country"),
      availability: said("availability") as MentorProfile["availability"],
    });
  }

  return (
    <form className={styles.form} onSubmit={save}>
      <Select label={t("availability")} hint={t("availabilityHint")} name="availability" defaultValue={mentor.availability}>
        {AVAILABILITIES.map((one) => (
          <option key={one} value={one}>
            {t(one)}
          </option>
        ))}
      </Select>
      <Field
        label={t("headline")}
        hint={t("headlineHint")}
        name="headline"
        maxLength={160}
        defaultValue={mentor.headline}
        trouble={trouble("headline")}
      />
      <TextArea label={t("bio")} name="bio" rows={8} maxLength={4000} defaultValue={mentor.bio} trouble={trouble("bio")} />
      <ListField
        label={t("specialties")}
        add={t("addSpecialty")}
        hint={t("specialtyHint")}
        values={specialties}
        onChange={setSpecialties}
        most={MOST}
        maxLength={60}
        trouble={trouble("specialties")}
      />
      <ListField
        label={t("languages")}
        add={t("addLanguage")}
        values={known}
        onChange={setKnown}
        most={MOST}
        choices={tongues}
        trouble={trouble("languages")}
      />
      <Select label={t("country")} name="country" defaultValue={mentor.country ?? ""} trouble={trouble("country")}>
        <option value="">{t("noCountry")}</option>
        {lands.map(({ code, name }) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </Select>
      {failed && (
        <Banner tone="danger" round role="alert">
          {t("changeFailed")}
        </Banner>
      )}
      <div>
        <Button kind="primary" large type="submit" busy={busy}>
          {t("save")}
        </Button>
      </div>
    </form>
  );
}

function useSave(saved: (mentor: MentorProfile) => void) {
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
      saved((await rest.call("PATCH /api/mentors/me", { body })).mentor);
      toast(t("saved"));
    } catch (error) {
      if (!isMessagingError(error)) throw error;
      setFields(error.fields);
      setFailed(Object.keys(error.fields).length === 0);
    } finally {
      setBusy(false);
    }
  }

  return { busy, fields, failed, store };
}
