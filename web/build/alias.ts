import { fileURLToPath } from "node:url";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export const alias = [
  { find: "@", replacement: here("../src") },
  { find: /^use-sync-external-store\/shim.*/, replacement: here("../src/hooks/sync-external-store.ts") },
];
