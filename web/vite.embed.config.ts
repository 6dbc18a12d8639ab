import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { alias } from "./build/alias.ts";
import { compressed } from "./build/compressed.ts";
import { declared } from "./build/declared.ts";
import { scoped } from "./build/scoped.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const STANDALONE: Record<string, string> = { colloque: here("src/embed/standalone.tsx") };
const PARTS: Record<string, string> = {
  sdk: here("src/sdk/index.ts"),
  hooks: here("src/hooks/index.ts"),
  react: here("src/embed/index.tsx"),
};

// What host applications take: the headless part, the hooks and the React components, all with the host's own React; and,
// in the mode `standalone`, one script with everything inside.
export default defineConfig(({ mode }) => ({
  plugins: mode === "standalone" ? [react(), compressed()] : [react(), declared(), compressed()],
  resolve: { alias },
  publicDir: false,
  css: { postcss: { plugins: [scoped as never] } },
  define: { "process.env.NODE_ENV": JSON.stringify("production") },
  build: {
    outDir: "dist/embed",
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    modulePreload: false,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700,
    target: "es2022",
    emptyOutDir: mode !== "standalone",
    lib: {
      entry: mode === "standalone" ? STANDALONE : PARTS,
      formats: ["es"],
      cssFileName: "colloque",
    },
    rolldownOptions: {
      external: mode === "standalone" ? [] : ["react", "react-dom", "react-dom/client", "react/jsx-runtime"],
      // It would say that TypeScript takes most of it.
      checks: { pluginTimings: false },
      output: { chunkFileNames: "chunks/[name]-[hash].js" },
    },
  },
}));
