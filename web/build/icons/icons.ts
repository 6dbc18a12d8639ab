// The icons of the installed app, drawn from favicon.svg when the client is built: telephones take no SVG.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin, ResolvedConfig } from "vite";
import { polygons, type Point } from "./outline.ts";
import { png, type Shape } from "./png.ts";

const VIEW = 32;
/** A maskable icon is cut to any form: the drawing stays in its middle, the ground goes to the edges. */
const ICONS = [
  { name: "icon-192.png", size: 192, isMaskable: false },
  { name: "icon-512.png", size: 512, isMaskable: false },
  { name: "icon-maskable-512.png", size: 512, isMaskable: true },
  { name: "apple-touch-icon.png", size: 180, isMaskable: true },
];

export function icons(): Plugin {
  let config: ResolvedConfig;
  return {
    name: "colloque-icons",
    apply: "build",
    configResolved(resolved) {
      config = resolved;
    },
    writeBundle() {
      const svg = readFileSync(join(config.root, "public", "favicon.svg"), "utf-8");
      const folder = join(config.root, config.build.outDir);
      mkdirSync(folder, { recursive: true });
      for (const { name, size, isMaskable } of ICONS) writeFileSync(join(folder, name), png(size, shapesOf(svg, isMaskable)));
    },
  };
}

export function shapesOf(svg: string, isMaskable: boolean): Shape[] {
  const [, radius = "0", ground = ""] = /<rect[^>]* rx="([\d.]+)" fill="(#\w{6})"/.exec(svg) ?? [];
  const [, dx = "0", dy = "0", scale = "1"] = /translate\(([\d.]+) ([\d.]+)\) scale\(([\d.]+)\)/.exec(svg) ?? [];
  const paths = [...svg.matchAll(/<path d="([^"]+)" fill="(#\w{3,6})"/g)];
  if (ground === "" || paths.length === 0) throw new Error("favicon.svg is not the drawing that icons are made of");
  const place = ([x, y]: Point): Point => [(x * Number(scale) + Number(dx)) / VIEW, (y * Number(scale) + Number(dy)) / VIEW];
  return [
    { colour: rgb(ground), polygons: [rounded(isMaskable ? 0 : Number(radius) / VIEW)] },
    ...paths.map(([, d, fill]) => ({
      colour: rgb(fill as string),
      polygons: polygons(d as string).map((polygon) => polygon.map(place).map((point) => (isMaskable ? inner(point) : point))),
    })),
  ];
}

function inner([x, y]: Point): Point {
  return [0.5 + (x - 0.5) * 0.8, 0.5 + (y - 0.5) * 0.8];
}

function rounded(radius: number): Point[] {
  const corners: Point[] = [[1 - radius, radius], [1 - radius, 1 - radius], [radius, 1 - radius], [radius, radius]];
  return corners.flatMap(([x, y], corner) =>
    Array.from({ length: 17 }, (_, step): Point => {
      const angle = ((corner - 1 + step / 16) * Math.PI) / 2;
      return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
    }),
  );
}

function rgb(hex: string): [number, number, number] {
  const full = hex.length === 4 ? hex.replace(/[^#]/g, "$&$&") : hex;
  return [1, 3, 5].map((from) => Number.parseInt(full.slice(from, from + 2), 16)) as [number, number, number];
}
