// Seals what lies in the browser for one person, with a key that the server gives to whoever is logged in as them: once the
// session is over, or the machine is somebody else's, it cannot be read there.

export interface Vault {
  wrap: (value: object, about: string) => Promise<unknown>;
  /** Null: it cannot be opened. */
  unwrap: (wrapped: unknown, about: string) => Promise<object | null>;
  wrapBlob: (blob: Blob, about: string) => Promise<unknown>;
  unwrapBlob: (wrapped: unknown, about: string) => Promise<Blob | null>;
}

interface Sealed {
  iv: Uint8Array<ArrayBuffer>;
  data: ArrayBuffer;
}

/** `key` in base64. Null where the browser has no cryptography: it has on https and on its own machine. */
export async function openVault(key: string): Promise<Vault | null> {
  const known = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (known === undefined) return null;
  const subtle: SubtleCrypto = known;
  const raw = Uint8Array.from(atob(key), (character) => character.charCodeAt(0));
  const aes = await subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);

  /** `about` is bound to it: nothing can be put in the place of something else. */
  async function seal(bytes: BufferSource, about: string): Promise<Sealed> {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    return { iv, data: await subtle.encrypt({ name: "AES-GCM", iv, additionalData: utf8(about) }, aes, bytes) };
  }

  async function open(sealed: unknown, about: string): Promise<ArrayBuffer | null> {
    if (!isSealed(sealed)) return null;
    try {
      return await subtle.decrypt({ name: "AES-GCM", iv: sealed.iv, additionalData: utf8(about) }, aes, sealed.data);
    } catch (error) {
      // Of another key, or of something else.
      if (error instanceof DOMException) return null;
      throw error;
    }
  }

  return {
    wrap: (value, about) => seal(utf8(JSON.stringify(value)), about),
    async unwrap(wrapped, about) {
      const bytes = await open(wrapped, about);
      return bytes === null ? null : (JSON.parse(new TextDecoder().decode(bytes)) as object);
    },
    wrapBlob: async (blob, about) => seal(await blob.arrayBuffer(), about),
    async unwrapBlob(wrapped, about) {
      const bytes = await open(wrapped, about);
      return bytes === null ? null : new Blob([bytes]);
    },
  };
}

function isSealed(value: unknown): value is Sealed {
  return typeof value === "object" && value !== null && "iv" in value && "data" in value;
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
