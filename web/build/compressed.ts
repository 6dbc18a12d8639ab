// Everything that is text is compressed once, as hard as it goes, and not on each request.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin, ResolvedConfig } from "vite";

const TEXTS = /\.(?:js|css|html|svg|json|webmanifest)$/;
/** The server gives these out as they are. */
const PLAIN = "reference";
const SMALLEST = 1024;
/** From here on the last step of Brotli takes seconds for a twentieth of the size. */
const LARGE = 200_000;

export function compressed(): Plugin {
  let config: ResolvedConfig;
  return {
    name: "colloque-compressed",
    apply: "build",
    configResolved(resolved) {
      config = resolved;
    },
    writeBundle: {
      order: "post",
      sequential: true,
      handler() {
        const folder = join(config.root, config.build.outDir);
        const names = readdirSync(folder, { recursive: true, encoding: "utf-8" });
        for (const name of names) if (TEXTS.test(name) && !name.startsWith(PLAIN)) compress(join(folder, name));
      },
    },
  };
}

function compress(path: string): void {
  const plain = readFileSync(path);
  if (plain.length < SMALLEST) return;
  const quality = plain.length > LARGE ? constants.BROTLI_MAX_QUALITY - 2 : constants.BROTLI_MAX_QUALITY;
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: quality,
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
  };
  writeFileSync(`${path}.br`, brotliCompressSync(plain, { params }));
  writeFileSync(`${path}.gz`, gzipSync(plain, { level: constants.Z_BEST_COMPRESSION }));
}
