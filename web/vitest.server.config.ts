import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// Started by tests/sdk/test_sdk.py, which has a server running and says where in the environment.
export default defineConfig({
  resolve: { alias: { "@": fileURLToPath(new URL("src", import.meta.url)) } },
  test: {
    include: ["tests/server/**/*.test.ts"],
    testTimeout: 40_000,
    fileParallelism: false,
    setupFiles: ["fake-indexeddb/auto"],
  },
});
