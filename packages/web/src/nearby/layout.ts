// Where things stand on the radar: from -1 to 1 to the right and down, the person in the middle.

export interface Dot {
  readonly x: number;
  readonly y: number;
}

/** Roots bring the near ones, which matter most, apart. */
export const ringAt = (distance: number, radius: number): number => Math.sqrt(Math.min(1, distance / radius));

/** Rings that are drawn, as parts of the radius. */
export const RINGS = [1 / 16, 1 / 4, 9 / 16, 1] as const;

/** Nothing stands on the person, and no dot on another. */
const NEAREST = 0.16;
const APART = 0.17;
const TRIES = 24;

const at = (out: number, bearing: number): Dot => {
  const angle = (bearing * Math.PI) / 180;
  return { x: out * Math.sin(angle), y: -out * Math.cos(angle) };
};

/** A dot for each, in their order; those that would stand on another give way a little. */
export const dotsOf = (
  found: readonly { readonly distance: number; readonly bearing: number }[],
  radius: number,
): Dot[] => {
  const dots: Dot[] = [];
  for (const { distance, bearing } of found) {
    const out = Math.max(NEAREST, ringAt(distance, radius));
    let dot = at(out, bearing);
    for (let i = 1; i <= TRIES; i++) {
      if (dots.every(({ x, y }) => Math.hypot(x - dot.x, y - dot.y) >= APART)) break;
      const side = (i % 2 === 0 ? 1 : -1) * Math.ceil(i / 2);
      dot = at(Math.min(1, out + 0.02 * i), bearing + side * 18);
    }
    dots.push(dot);
  }
  return dots;
};
