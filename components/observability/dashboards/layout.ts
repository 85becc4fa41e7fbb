/** Place of a panel on Grafana's grid of 24 columns. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** Columns of the grid. */
const columns = 24;

/**
 * Places panels from left to right; one that no longer fits begins a new line below the tallest of the line before.
 *
 * @returns a place for each panel, and the first free line below them
 */
export function placeFrom(top: number, sizes: readonly { readonly w: number; readonly h: number }[]) {
  const places: Place[] = [];
  let x = 0;
  let y = top;
  let below = top;
  for (const { w, h } of sizes) {
    if (x + w > columns) {
      x = 0;
      y = below;
    }
    places.push({ x, y, w, h });
    x += w;
    below = Math.max(below, y + h);
  }
  return { places, below };
}
