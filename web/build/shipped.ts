// What the server hands to browsers besides the client: the Socket.IO client for pages of others, and Swagger UI for the
// reference of the API. They are part of the build, so that an installed server needs no node_modules.

import { copyFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plugin, ResolvedConfig } from "vite";

const SHIPPED: Record<string, string> = {
  "socket.io-client/dist/socket.io.esm.min.js": "assets/socket.io.esm.min.js",
  "swagger-ui-dist/swagger-ui.css": "reference/swagger-ui.css",
  "swagger-ui-dist/swagger-ui-bundle.js": "reference/swagger-ui-bundle.js",
};

export function shipped(): Plugin {
  let config: ResolvedConfig;
  return {
    name: "colloque-shipped",
    apply: "build",
    configResolved(resolved) {
      config = resolved;
    },
    writeBundle() {
      for (const [from, to] of Object.entries(SHIPPED)) {
        const target = join(config.root, config.build.outDir, to);
        mkdirSync(dirname(target), { recursive: true });
        copyFileSync(join(config.root, "node_modules", from), target);
      }
    },
  };
}
