// The types of what host applications take, beside it: declarations of the sources, with our own names for folders made
// into paths.

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { Plugin, ResolvedConfig } from "vite";

/** Styles come by themselves. */
const STYLES = /^import "[^"]+\.css";\n/gm;
const OURS = /(from |import\()"@\/([^"]+)"/g;

export function declared(): Plugin {
  let config: ResolvedConfig;
  return {
    name: "colloque-declared",
    apply: "build",
    configResolved(resolved) {
      config = resolved;
    },
    writeBundle() {
      const folder = join(config.root, config.build.outDir, "types");
      const compiler = join(config.root, "node_modules", ".bin", "tsc");
      // Whether the types are right is for `make check`: to ask here as well would take as long again.
      execFileSync(compiler, ["--project", "tsconfig.embed.json", "--outDir", folder, "--noCheck"], { cwd: config.root, stdio: "inherit" });
      for (const name of readdirSync(folder, { recursive: true, encoding: "utf-8" })) {
        if (!name.endsWith(".d.ts")) continue;
        const path = join(folder, name);
        const text = readFileSync(path, "utf-8");
        writeFileSync(path, text.replace(STYLES, "").replace(OURS, (_, before: string, to: string) => `${before}"${pathTo(dirname(name), to)}"`));
      }
    },
  };
}

function pathTo(from: string, to: string): string {
  const path = relative(from, to).replaceAll("\\", "/");
  return path.startsWith(".") ? path : `./${path}`;
}
