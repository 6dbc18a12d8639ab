// What a browser records does not say how long it is, and a sound is only fetched when somebody listens (each time is on the
// trail). So the recorder says it in the file's name, which everybody gets with the message, and which exports show too.

const NAME = /-(\d{1,3})m([0-5]\d)s\.\w+$/;

/** Such as voice-0m07s.webm. */
export function voiceName(seconds: number, ending: string): string {
  const whole = Math.max(1, Math.round(seconds));
  return `voice-${Math.floor(whole / 60)}m${String(whole % 60).padStart(2, "0")}s.${ending}`;
}

/** Null for sounds of other origins: their length is known once they were played. */
export function secondsIn(name: string | null): number | null {
  const [, minutes, seconds] = NAME.exec(name ?? "") ?? [];
  return minutes === undefined ? null : Number(minutes) * 60 + Number(seconds);
}
