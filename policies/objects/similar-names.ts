/** Whether one of some names is so like another that somebody may have meant it. */
export type SimilarNames = (wanted: string) => boolean;

/**
 * Compares names: one or two letters apart (one in a short name), or the other followed by `-` and more. Names that differ in
 * numbers only are siblings, not slips, so that each sort of them is compared once.
 */
export function similarNames(names: Iterable<string>): SimilarNames {
  const all = new Set(names);
  const sorts = Map.groupBy(new Set([...all].map(sortOf)), ({ length }) => length);
  const beginnings = new Set([...all].flatMap(beginningsOf));
  return (wanted) => {
    const sort = sortOf(wanted);
    if (sort.length < 3 || sort.length > 63) return false;
    const limit = sort.length < 6 ? 1 : 2;
    if (beginnings.has(wanted) || beginningsOf(wanted).some((beginning) => all.has(beginning))) return true;
    return [-2, -1, 0, 1, 2].some((more) =>
      (sorts.get(sort.length + more) ?? []).some((other) => {
        return other !== sort && other.length > 2 && editsBetween(sort, other) <= limit;
      }),
    );
  };
}

function sortOf(name: string): string {
  return name.replace(/\d+/g, "#");
}

/** What stands before each hyphen of a name. */
function beginningsOf(name: string): string[] {
  return [...name.slice(0, 63).matchAll(/-/g)].map(({ index }) => name.slice(0, index));
}

/** Letters to add, leave out, replace, or swap with their neighbour, until two texts are the same. */
function editsBetween(one: string, other: string): number {
  let before: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row++) {
    const next = [row];
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwap =
        row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      next.push(
        Math.min(
          (last[column] ?? 0) + 1,
          (next[column - 1] ?? 0) + 1,
          (last[column - 1] ?? 0) + (isSame ? 0 : 1),
          isSwap ? (before[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    [before, last] = [last, next];
  }
  return last[other.length] ?? 0;
}
