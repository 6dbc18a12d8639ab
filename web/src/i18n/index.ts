export { clockTime, dayKey, dayLabel, fullTime, shortTime } from "./dates";
export { errorText, reasonText } from "./errors";
export { language, onLanguage, setLanguage, useLanguage } from "./language";
export { counted, defineTexts, translate, useTexts } from "./texts";
