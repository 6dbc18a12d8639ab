// What the server takes (services/countries.py), and languages that are spoken in hospitals; their names are the browser's.

import type { Language } from "@/i18n";
import { countryName, languageName } from "./names";

/** ISO 3166-1 alpha-2, as of 2024. */
const COUNTRIES =
  "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA " +
  "CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA " +
  "GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP " +
  "KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS " +
  "MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS " +
  "RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW " +
  "TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";
const LANGUAGES =
  "fr en es de it pt nl is ar tr pl ro ru uk bg cs sk hu el sv da no fi et lv lt hr sr bs sl sq mk hy ka fa ku ps ur hi " +
  "bn pa ta te ml gu mr ne si th vi zh ja ko id ms tl sw am so ti ha yo ig wo ff ln mg rw he mt ga ca eu br co lb";

export interface Choice {
  code: string;
  name: string;
}

/** By name, in the reader's alphabet. */
export function countries(spoken: Language): Choice[] {
  return named(COUNTRIES.split(" "), (code) => countryName(code, spoken), spoken);
}

/** `known`: codes that a profile has already, whatever they are. */
export function languages(spoken: Language, known: readonly string[] = []): Choice[] {
  return named([...new Set([...LANGUAGES.split(" "), ...known])], (code) => languageName(code, spoken), spoken);
}

function named(codes: readonly string[], name: (code: string) => string, spoken: Language): Choice[] {
  const { compare } = new Intl.Collator(spoken);
  return codes.map((code) => ({ code, name: capital(name(code)) })).toSorted((a, b) => compare(a.name, b.name));
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
