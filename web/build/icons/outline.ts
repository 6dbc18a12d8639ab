// The paths of an SVG file as polygons. Only what our own icon needs: M, L, H, V, C, S and Z, absolute and relative.

export type Point = [x: number, y: number];

const STEPS = 24;

export function polygons(d: string): Point[][] {
  const tokens = d.match(/[a-z]|-?(?:\d+\.?\d*|\.\d+)/gi) ?? [];
  const result: Point[][] = [];
  let at: Point = [0, 0];
  let control: Point | null = null;
  let command = "";
  let index = 0;
  const number = () => Number(tokens[index++]);
  const point = (isRelative: boolean): Point => [number() + (isRelative ? at[0] : 0), number() + (isRelative ? at[1] : 0)];
  const last = () => result.at(-1) as Point[];

  while (index < tokens.length) {
    if (/[a-z]/i.test(tokens[index] as string)) command = tokens[index++] as string;
    const kind = command.toUpperCase();
    const isRelative = command !== kind;
    let nextControl: Point | null = null;
    if (kind === "M") {
      at = point(isRelative);
      result.push([at]);
      command = isRelative ? "l" : "L";
    } else if (kind === "L") last().push((at = point(isRelative)));
    else if (kind === "H") last().push((at = [number() + (isRelative ? at[0] : 0), at[1]]));
    else if (kind === "V") last().push((at = [at[0], number() + (isRelative ? at[1] : 0)]));
    else if (kind === "C" || kind === "S") {
      const mirrored: Point = control === null ? at : [2 * at[0] - control[0], 2 * at[1] - control[1]];
      const first = kind === "C" ? point(isRelative) : mirrored;
      const second = point(isRelative);
      const end = point(isRelative);
      for (let step = 1; step <= STEPS; step += 1) last().push(onCurve(at, first, second, end, step / STEPS));
      nextControl = second;
      at = end;
    } else if (kind === "Z") at = last()[0] as Point;
    else throw new Error(`the icon's path has ${command}, which is not drawn here`);
    control = nextControl;
  }
  return result;
}

function onCurve(a: Point, b: Point, c: Point, d: Point, t: number): Point {
  const u = 1 - t;
  const of = (axis: 0 | 1) => u ** 3 * a[axis] + 3 * u * u * t * b[axis] + 3 * u * t * t * c[axis] + t ** 3 * d[axis];
  return [of(0), of(1)];
}
