export { ago, clockTime, dayKey, dayLabel, duration, fullTime, shortDate, shortTime, untilMidnight } from "./dates";
export { type Dictionary, dictionary, type Params, say, type Translate, useTexts } from "./dictionary";
export { errorText, reasonText } from "./errors";
export { chooseLanguage, type Language, language, startLanguage, useLanguage } from "./language";
export { doctorName, type Named, personName, roleName } from "./people";
export { recall, remember } from "./preferences";
