// A picture of solid shapes, smooth at their edges, as PNG.

import { crc32, deflateSync } from "node:zlib";
import type { Point } from "./outline.ts";

export interface Shape {
  colour: [red: number, green: number, blue: number];
  polygons: Point[][];
}

const SAMPLES = 4;

/** `shapes` in a square of 0 to 1, later ones on top of earlier ones. */
export function png(size: number, shapes: readonly Shape[]): Buffer {
  const pixels = new Float64Array(size * size * 4);
  for (const { colour, polygons } of shapes) paint(pixels, size, colour, coverage(polygons, size));
  const rows = Buffer.alloc(size * (size * 4 + 1));
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size * 4; x += 1) rows[y * (size * 4 + 1) + 1 + x] = Math.round((pixels[y * size * 4 + x] as number) * 255);
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 6, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", head), chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0))]);
}

function paint(pixels: Float64Array, size: number, colour: Shape["colour"], covered: Float64Array): void {
  for (let index = 0; index < size * size; index += 1) {
    const over = covered[index] as number;
    if (over === 0) continue;
    const under = pixels[index * 4 + 3] as number;
    const alpha = over + under * (1 - over);
    for (let part = 0; part < 3; part += 1) {
      const before = pixels[index * 4 + part] as number;
      pixels[index * 4 + part] = (((colour[part] as number) / 255) * over + before * under * (1 - over)) / alpha;
    }
    pixels[index * 4 + 3] = alpha;
  }
}

/** How much of each pixel is inside, by lines across it; a polygon inside another one is part of it. */
function coverage(polygons: readonly Point[][], size: number): Float64Array {
  const covered = new Float64Array(size * size);
  for (let line = 0; line < size * SAMPLES; line += 1) {
    const y = (line + 0.5) / (size * SAMPLES);
    const row = Math.floor(line / SAMPLES) * size;
    for (const [from, to] of spans(polygons, y)) {
      for (let x = Math.max(0, Math.floor(from * size)); x < Math.min(size, Math.ceil(to * size)); x += 1) {
        const part = Math.min(to * size, x + 1) - Math.max(from * size, x);
        covered[row + x] = Math.min(1, (covered[row + x] as number) + part / SAMPLES);
      }
    }
  }
  return covered;
}

function spans(polygons: readonly Point[][], y: number): [number, number][] {
  const result: [number, number][] = [];
  for (const polygon of polygons) {
    const crossings = polygon.flatMap((a, index) => {
      const b = polygon[(index + 1) % polygon.length] as Point;
      return a[1] <= y === b[1] <= y ? [] : [a[0] + ((y - a[1]) / (b[1] - a[1])) * (b[0] - a[0])];
    });
    crossings.sort((a, b) => a - b);
    for (let index = 0; index + 1 < crossings.length; index += 2) result.push([crossings[index] as number, crossings[index + 1] as number]);
  }
  return result;
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
