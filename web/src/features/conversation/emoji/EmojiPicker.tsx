import { Search } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { type Language, useLanguage, useTexts } from "@/i18n";
import { focusedNear, Loading, Select } from "@/ui";
import { Store } from "@/i18n/store";
import { texts } from "../texts";
import { type Emoji, type EmojiData, findEmoji, GROUPS, inTone, loadEmoji } from "./data";
import styles from "./EmojiPicker.module.css";

const MOST_FOUND = 90;
const MOST_RECENT = 16;
const TONES = [0, 1, 2, 3, 4, 5] as const;
/** For as long as the page is open: nothing of it is kept in the browser. */
const recent = new Store<readonly string[]>([]);
const tone = new Store(0);

interface Props {
  onPick: (emoji: string) => void;
}

export default function EmojiPicker({ onPick }: Props) {
  const t = useTexts(texts);
  const { data, failed } = useEmoji(useLanguage());
  const [query, setQuery] = useState("");
  const [group, setGroup] = useState<number>(recent.get().length > 0 ? -1 : 0);
  const [skin, setSkin] = useState(tone.get());
  const grid = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const id = useId();
  const isReady = data !== null;

  // On a phone the keyboard would cover what there is to choose from.
  useEffect(() => {
    if (isReady && !matchMedia("(pointer: coarse)").matches) search.current?.focus();
  }, [isReady]);

  if (failed) return <p className={styles.note}>{t("emojiFailed")}</p>;
  if (data === null) return <Loading text="…" />;

  const shown = query.trim() === "" ? inGroup(data, group) : findEmoji(data.emoji, query).slice(0, MOST_FOUND);

  function pick(emoji: string) {
    recent.set([emoji, ...recent.get().filter((each) => each !== emoji)].slice(0, MOST_RECENT));
    onPick(emoji);
  }

  function fromSearch(event: KeyboardEvent) {
    const [first] = shown;
    if (event.key === "ArrowDown") grid.current?.querySelector<HTMLElement>("button")?.focus();
    else if (event.key === "Enter" && first !== undefined && query.trim() !== "") pick(inTone(first, skin));
    else return;
    event.preventDefault();
  }

  return (
    <div className={styles.picker}>
      <div className={styles.head}>
        <label className={styles.search}>
          <Search size={18} aria-hidden="true" />
          <input
            ref={search}
            type="search"
            aria-label={t("emojiSearch")}
            placeholder={t("emojiSearch")}
            aria-controls={id}
            value={query}
            onChange={(event) => setQuery(event.target.value)}
            onKeyDown={fromSearch}
          />
        </label>
        <Select
          label={t("emojiTone")}
          hideLabel
          value={skin}
          onChange={(event) => {
            tone.set(Number(event.target.value));
            setSkin(tone.get());
          }}
        >
          {TONES.map((each) => (
            <option key={each} value={each} aria-label={t(`tone${each}`)}>
              {["✋", "✋🏻", "✋🏼", "✋🏽", "✋🏾", "✋🏿"][each]}
            </option>
          ))}
        </Select>
      </div>
      {query.trim() === "" && <Groups data={data} group={group} choose={setGroup} />}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- it hears the arrows of the buttons within */}
      <div ref={grid} id={id} className={styles.grid} role="group" aria-label={headingOf(data, group, query, t("emojiRecent"), t("emojiSearch"))} onKeyDown={moveInGrid}>
        {shown.map((emoji, index) => (
          <button
            key={emoji.unicode}
            type="button"
            className={styles.emoji}
            tabIndex={index === 0 ? 0 : -1}
            aria-label={emoji.name}
            title={emoji.name}
            onClick={() => pick(inTone(emoji, skin))}
          >
            {inTone(emoji, skin)}
          </button>
        ))}
        {shown.length === 0 && (
          <p className={styles.note} role="status">
            {t("emojiNone")}
          </p>
        )}
      </div>
    </div>
  );
}

function Groups({ data, group, choose }: { data: EmojiData; group: number; choose: (group: number) => void }) {
  const t = useTexts(texts);
  const all = recent.get().length === 0 ? GROUPS : [{ group: -1, sign: "🕘" }, ...GROUPS];
  return (
    <div className={styles.groups}>
      {all.map((each) => (
        <button
          key={each.group}
          type="button"
          className={styles.group}
          aria-pressed={each.group === group}
          aria-label={each.group === -1 ? t("emojiRecent") : data.groupName(each.group)}
          title={each.group === -1 ? t("emojiRecent") : data.groupName(each.group)}
          onClick={() => choose(each.group)}
        >
          {each.sign}
        </button>
      ))}
    </div>
  );
}

function useEmoji(language: Language): { data: EmojiData | null; failed: boolean } {
  const [state, setState] = useState<{ data: EmojiData | null; failed: boolean }>({ data: null, failed: false });
  useEffect(() => {
    let isWanted = true;
    loadEmoji(language).then(
      (data) => isWanted && setState({ data, failed: false }),
      () => isWanted && setState({ data: null, failed: true }),
    );
    return () => {
      isWanted = false;
    };
  }, [language]);
  return state;
}

function inGroup(data: EmojiData, group: number): Emoji[] {
  if (group !== -1) return data.emoji.filter((emoji) => emoji.group === group);
  return recent.get().flatMap((unicode) => {
    const known = data.emoji.find((emoji) => emoji.unicode === unicode || emoji.tones.includes(unicode));
    return known === undefined ? [] : [{ ...known, unicode, tones: [] }];
  });
}

function headingOf(data: EmojiData, group: number, query: string, recentText: string, searchText: string): string {
  if (query.trim() !== "") return searchText;
  return group === -1 ? recentText : data.groupName(group);
}

/** Arrows go by what one sees: left and right along the row, up and down to the nearest in the next row. */
function moveInGrid(event: KeyboardEvent<HTMLElement>): void {
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>("button")];
  const at = all.indexOf(focusedNear(event.currentTarget) as HTMLElement);
  const goal = all[goalOf(event.key, all, at)];
  if (at === -1 || goal === undefined) return;
  event.preventDefault();
  for (const each of all) each.tabIndex = each === goal ? 0 : -1;
  goal.focus();
}

function goalOf(key: string, all: readonly HTMLElement[], at: number): number {
  if (key === "ArrowRight") return at + 1;
  if (key === "ArrowLeft") return at - 1;
  if (key === "Home") return 0;
  if (key === "End") return all.length - 1;
  if (key !== "ArrowDown" && key !== "ArrowUp") return -1;
  const inRow = all.filter((each) => each.offsetTop === all[0]?.offsetTop).length;
  return key === "ArrowDown" ? Math.min(at + inRow, all.length - 1) : at - inRow;
}
