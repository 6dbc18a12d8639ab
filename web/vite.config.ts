import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { alias } from "./build/alias.ts";
import { compressed } from "./build/compressed.ts";
import { icons } from "./build/icons/icons.ts";
import { shipped } from "./build/shipped.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [react(), shipped(), icons(), compressed()],
  resolve: { alias },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    // Everything is a file of our own origin: the policy allows nothing inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // The data of emoji, in each language; loaded when somebody opens the picker.
    chunkSizeWarningLimit: 700,
    target: "es2022",
    rolldownOptions: {
      input: { main: here("index.html"), sw: here("src/worker/sw.ts") },
      // A service worker is found by its address, whatever is in it.
      output: { entryFileNames: ({ name }) => (name === "sw" ? "sw.js" : "assets/[name]-[hash].js") },
    },
  },
  // `npm run dev` beside a server that runs on its usual port.
  server: { proxy: { "/api": "http://127.0.0.1:5001", "/socket.io": { target: "http://127.0.0.1:5001", ws: true } } },
});
