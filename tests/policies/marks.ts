import { isMap, isPair, isSeq, LineCounter, parseAllDocuments } from "yaml";

/** Lines of a text, from 1 on, each with names. */
export type Marks = Readonly<Record<number, readonly string[]>>;

/** The names that comments at the ends of lines mark: `image: web:latest  # pinned-images, other-rule`. */
export function marksIn(text: string): Marks {
  const lines = text
    .split("\n")
    .map((line, index) => [index + 1, /\s#\s+([a-z, -]+)$/.exec(line)?.[1]] as const);
  return Object.fromEntries(
    lines.flatMap(([line, names]) => (names === undefined ? [] : [[line, names.split(", ").sort()]])),
  );
}

/** The line of the innermost part of an object that a path names; what is missing has the line where it would belong. */
export function lineOf(
  text: string,
  object: { readonly kind: string; readonly name: string },
  path: string,
): number {
  const counter = new LineCounter();
  for (const document of parseAllDocuments(text, { lineCounter: counter })) {
    if (document.get("kind") !== object.kind || document.getIn(["metadata", "name"]) !== object.name)
      continue;
    let node: unknown = document.contents;
    let offset = document.contents?.range?.[0] ?? 0;
    for (const key of keysOf(path)) {
      const found = childOf(node, key);
      if (!found) break;
      offset = found.offset;
      node = found.node;
    }
    return counter.linePos(offset).line;
  }
  throw new Error(`no ${object.kind} is called ${object.name}`);
}

/** Keys and indices of a path: `spec.containers[0].data["a.b"]`. */
export function keysOf(path: string): (string | number)[] {
  return [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(
    ([, quoted, index, plain]) => (index === undefined ? (quoted ?? plain ?? "") : Number(index)),
  );
}

function childOf(node: unknown, key: string | number): { offset: number; node: unknown } | undefined {
  if (isSeq(node) && typeof key === "number") {
    const item = node.items[key] as { range?: [number, number, number] } | undefined;
    return item?.range && { offset: item.range[0], node: item };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find((one) => isPair(one) && String(one.key) === String(key));
  const start = (pair?.key as { range?: [number, number, number] } | undefined)?.range?.[0];
  return pair && start !== undefined ? { offset: start, node: pair.value } : undefined;
}
