export { ago, clockTime, dayKey, dayLabel, duration, fullTime, shortTime, untilMidnight } from "./dates";
export { type Dictionary, dictionary, type Params, say, type Translate, useTexts } from "./dictionary";
export { chooseLanguage, type Language, language, useLanguage } from "./language";
export { type Named, personName, roleName } from "./people";
export { errorText, reasonText } from "./errors";
