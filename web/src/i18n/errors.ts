import type { ErrorCode } from "@/sdk/contract";
import { isMessagingError } from "@/sdk/errors";
import { dictionary, say } from "./dictionary";
import { type Language, language } from "./language";

const texts = dictionary({
  fr: {
    VALIDATION_FAILED: "Une partie de ce que vous avez saisi manque ou n’est pas correcte.",
    AUTH_REQUIRED: "Veuillez vous connecter.",
    SESSION_EXPIRED: "Votre session est terminée. Veuillez vous reconnecter.",
    FORBIDDEN: "Ce n’est pas, ou plus, autorisé.",
    CONTEXT_ACCESS_DENIED: "Vous n’avez pas accès à cette ordonnance ou à cet examen.",
    NOT_FOUND: "Ceci n’existe pas, ou plus.",
    CONFLICT: "Cela a changé entre-temps. Veuillez recharger.",
    PAYLOAD_TOO_LARGE: "C’est trop volumineux.",
    UNSUPPORTED_FILE: "Ce type de fichier n’est pas accepté.",
    RATE_LIMIT_EXCEEDED: "Trop rapide. Réessayez dans un instant.",
    UNKNOWN_EVENT: "Le serveur ne connaît pas cette action.",
    INTERNAL: "Une erreur s’est produite sur le serveur.",
    UNAVAILABLE: "Le serveur est injoignable pour le moment.",
  },
  en: {
    VALIDATION_FAILED: "Something of what you entered is missing or not correct.",
    AUTH_REQUIRED: "Please log in.",
    SESSION_EXPIRED: "Your session has ended. Please log in again.",
    FORBIDDEN: "This is not allowed, or not any more.",
    CONTEXT_ACCESS_DENIED: "You have no access to this prescription or exam.",
    NOT_FOUND: "This does not exist, or not any more.",
    CONFLICT: "This has changed in the meantime. Please reload.",
    PAYLOAD_TOO_LARGE: "This is too large.",
    UNSUPPORTED_FILE: "This type of file is not accepted.",
    RATE_LIMIT_EXCEEDED: "Too fast. Try again in a moment.",
    UNKNOWN_EVENT: "The server does not know this action.",
    INTERNAL: "Something went wrong on the server.",
    UNAVAILABLE: "The server is out of reach for the moment.",
  },
} satisfies Record<Language, Record<ErrorCode, string>>);

export function errorText(code: ErrorCode, spoken: Language = language.get()): string {
  return say(texts, code, {}, spoken);
}

/**
 * What to tell a person. For a refusal of a call the server has a more precise sentence in the language asked for;
 * a code alone (a message in the outbox) has the one of here. What is no refusal is a mistake of ours, and thrown.
 */
export function reasonText(error: unknown, spoken: Language = language.get()): string {
  if (!isMessagingError(error)) throw error;
  return error.message === error.code ? errorText(error.code, spoken) : error.message;
}
