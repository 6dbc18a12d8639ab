// REST, with the access token in memory only. The refresh cookie is the browser's: this code never sees it.

const EARLY_SECONDS = 30;

export class ApiError extends Error {
  constructor(status, { code = "UNAVAILABLE", message = "", fields, retryAfter } = {}) {
    super(message || code);
    Object.assign(this, { status, code, fields, retryAfter });
  }

  get isTemporary() {
    return this.status === 0 || this.status >= 500 || this.code === "RATE_LIMIT_EXCEEDED";
  }
}

export class Api {
  #token = null;
  #renewAt = 0;
  #refreshing = null;
  #userId = null;

  /** `language()` is asked on every call; `onEnded(because)` is told once the session cannot go on. */
  constructor({ language, onEnded }) {
    this.language = language;
    this.onEnded = onEnded;
  }

  async login(username, password) {
    this.forget();
    return this.#accept(await this.#call("POST", "/api/auth/login", { username, password }));
  }

  /** The user of the refresh cookie, or null when nobody is logged in in this browser. */
  async resume() {
    try {
      return await this.#renew();
    } catch (error) {
      if (error instanceof ApiError && !error.isTemporary) return null;
      throw error;
    }
  }

  async logout() {
    try {
      await this.#call("POST", "/api/auth/logout", {});
    } finally {
      this.forget();
    }
  }

  forget() {
    this.#token = null;
    this.#userId = null;
    this.#renewAt = 0;
  }

  /** A token that is good for a while yet. Throws ApiError; a final one has ended the session. */
  async token({ renew = false } = {}) {
    if (renew || Date.now() > this.#renewAt) await this.#refreshOrEnd();
    return this.#token;
  }

  get(path, query = {}) {
    const wanted = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
    return this.#withToken("GET", wanted.length === 0 ? path : `${path}?${new URLSearchParams(wanted)}`);
  }

  post(path, body = {}) {
    return this.#withToken("POST", path, body);
  }

  patch(path, body) {
    return this.#withToken("PATCH", path, body);
  }

  delete(path) {
    return this.#withToken("DELETE", path);
  }

  async demoUsers() {
    try {
      return (await this.#call("GET", "/api/demo")).users;
    } catch (error) {
      if (error instanceof ApiError) return [];
      throw error;
    }
  }

  async #withToken(method, path, body) {
    try {
      return await this.#call(method, path, body, await this.token());
    } catch (error) {
      if (error.code !== "SESSION_EXPIRED") throw error;
      return this.#call(method, path, body, await this.token({ renew: true }));
    }
  }

  async #refreshOrEnd() {
    try {
      await this.#renew();
    } catch (error) {
      if (!error.isTemporary) {
        this.forget();
        this.onEnded(error.code === "ANOTHER_USER" ? "another_user" : "expired");
      }
      throw error;
    }
  }

  /** One refresh at a time: the same successor would come twice, but one is enough. */
  #renew() {
    this.#refreshing ??= this.#call("POST", "/api/auth/refresh", {})
      .then((reply) => this.#accept(reply))
      .finally(() => {
        this.#refreshing = null;
      });
    return this.#refreshing;
  }

  async #accept({ accessToken, expiresIn, user }) {
    const person = user ?? (await this.#call("GET", "/api/auth/me", undefined, accessToken)).user;
    // The cookie belongs to the browser: another tab may have logged in as somebody else meanwhile.
    if (this.#userId !== null && this.#userId !== person.id) throw new ApiError(401, { code: "ANOTHER_USER" });
    this.#token = accessToken;
    this.#renewAt = Date.now() + Math.max(expiresIn - EARLY_SECONDS, expiresIn / 2) * 1000;
    this.#userId = person.id;
    return person;
  }

  async #call(method, path, body, token) {
    const headers = { Accept: "application/json", "Accept-Language": this.language() };
    if (token) headers.Authorization = `Bearer ${token}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    let response;
    try {
      response = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    } catch {
      throw new ApiError(0);
    }
    const text = await response.text();
    const reply = text === "" ? {} : parsed(text);
    if (!response.ok) throw new ApiError(response.status, reply.error);
    return reply;
  }
}

/** A proxy in between may answer with a page of its own. */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
