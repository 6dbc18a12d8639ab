import type { ErrorCode } from "./contract";

/** A refusal of the server, on either transport. Without an answer at all it is UNAVAILABLE, and `status` is 0. */
export class MessagingError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  /** What is wrong with which field of the request. */
  readonly fields: Readonly<Record<string, string>>;
  /** Seconds. */
  readonly retryAfter: number | null;
  readonly requestId: string | null;

  constructor(code: ErrorCode, details: Partial<Omit<ErrorDetails, "code">> = {}) {
    super(details.message ?? code);
    this.name = "MessagingError";
    this.code = code;
    this.status = details.status ?? 0;
    this.fields = details.fields ?? {};
    this.retryAfter = details.retryAfter ?? null;
    this.requestId = details.requestId ?? null;
  }

  /** The same request may succeed later. */
  get isTemporary(): boolean {
    return TEMPORARY.has(this.code);
  }
}

export interface ErrorDetails {
  code: ErrorCode;
  message?: string;
  status?: number;
  fields?: Record<string, string>;
  retryAfter?: number;
  requestId?: string;
}

const TEMPORARY: ReadonlySet<ErrorCode> = new Set(["UNAVAILABLE", "RATE_LIMIT_EXCEEDED", "INTERNAL"]);

export function isMessagingError(error: unknown): error is MessagingError {
  return error instanceof MessagingError;
}
