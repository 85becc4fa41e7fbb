import { fields, list, text, texts } from "./values.ts";

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors */
export type Labels = Readonly<Record<string, string>>;

/** Whether labels fit a LabelSelector (`matchLabels`, `matchExpressions`); an empty one fits all. */
export function fits(selector: unknown, labels: Labels): boolean {
  const { matchLabels, matchExpressions } = fields(selector);
  return (
    fitsMap(texts(matchLabels), labels) && list(matchExpressions).every((one) => fitsExpression(one, labels))
  );
}

/** Whether labels fit a plain map of labels, as Services have. */
export function fitsMap(map: Labels, labels: Labels): boolean {
  return Object.entries(map).every(([key, value]) => labelAt(labels, key) === value);
}

/** Not what every object of the language has by itself, such as `constructor`. */
function labelAt(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

function fitsExpression(expression: unknown, labels: Labels): boolean {
  const { key, operator, values } = fields(expression);
  const value = labelAt(labels, text(key) ?? "");
  const among = value !== undefined && list(values).includes(value);
  switch (operator) {
    case "In":
      return among;
    case "NotIn":
      return !among;
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    default:
      return false;
  }
}

/** For each expression `key In (values)` of a selector, the labels `key=value` one of which an object must have. */
export function labelsAmong(selector: unknown): string[][] {
  return list(fields(selector).matchExpressions).flatMap((one) => {
    const { key, operator, values } = fields(one);
    if (operator !== "In") return [];
    return [[...new Set(list(values))].map((value) => `${text(key) ?? ""}=${text(value) ?? ""}`)];
  });
}

/** A selector as people write one, such as `app=web,tier in (a, b)`; `everything` when it is empty. */
export function describeSelector(selector: unknown): string {
  const { matchLabels, matchExpressions } = fields(selector);
  const parts = [
    ...Object.entries(texts(matchLabels)).map(([key, value]) => `${key}=${value}`),
    ...list(matchExpressions).map((one) => {
      const { key, operator, values } = fields(one);
      const among = list(values)
        .flatMap((value) => text(value) ?? [])
        .join(", ");
      return [text(key), text(operator), among && `(${among})`].filter(Boolean).join(" ");
    }),
  ];
  return parts.join(",") || "everything";
}

/** A text that two LabelSelectors have in common only where they fit the same. */
export function selectorKey(selector: unknown): string {
  const { matchLabels, matchExpressions } = fields(selector);
  const expressions = list(matchExpressions).map((one) => {
    const { key, operator, values } = fields(one);
    return [text(key), text(operator), list(values).flatMap((value) => text(value) ?? [])];
  });
  return JSON.stringify([texts(matchLabels), expressions]);
}

/** The values that a LabelSelector names. */
export function selectorWords(selector: unknown): string[] {
  const { matchLabels, matchExpressions } = fields(selector);
  return [
    ...Object.values(texts(matchLabels)),
    ...list(matchExpressions).flatMap((one) =>
      list(fields(one).values).flatMap((value) => text(value) ?? []),
    ),
  ];
}

/** Whether a LabelSelector fits everything. */
export function isEmptySelector(selector: unknown): boolean {
  const { matchLabels, matchExpressions } = fields(selector);
  return Object.keys(fields(matchLabels)).length === 0 && list(matchExpressions).length === 0;
}
