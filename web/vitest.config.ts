import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// Tests that need a running server are in tests/server: pytest starts them, with the address in the environment.
export default defineConfig({
  resolve: { alias: { "@": fileURLToPath(new URL("src", import.meta.url)) } },
  test: {
    include: ["src/**/*.test.{ts,tsx}"],
    environment: "node",
    restoreMocks: true,
    reporters: ["default"],
  },
});
