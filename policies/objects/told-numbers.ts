import { referencesOf } from "./references.ts";
import type { Stack, Workload } from "./stack.ts";
import { fields, ifKnown, list, text, texts } from "./values.ts";

/** The numbers that the programs of some workloads are told: in commands, arguments, variables, and ConfigMaps that they read. */
export type ToldNumbers = (group: readonly Workload[]) => ReadonlySet<number>;

/** A port that a program is told, it may listen on, whether its container declares it or not. A group is read once. */
export function toldNumbers(stack: Stack): ToldNumbers {
  const known = new WeakMap<readonly Workload[], Set<number>>();
  const read = (group: readonly Workload[]) => {
    const configMaps = group.flatMap((workload) =>
      referencesOf(workload).flatMap(({ kind, name }) =>
        kind === "ConfigMap" ? (stack.find(kind, workload.namespace, name) ?? []) : [],
      ),
    );
    return numbersIn([
      ...group.flatMap(textsOf),
      ...[...new Set(configMaps)].flatMap(({ content }) => Object.values(texts(content.data))),
    ]);
  };
  return (group) => {
    const numbers = known.get(group) ?? read(group);
    known.set(group, numbers);
    return numbers;
  };
}

function textsOf({ containers }: Workload): string[] {
  return containers.flatMap(({ container: { command, args, env } }) => [
    ...[...list(command), ...list(args)].flatMap((word) => text(word) ?? []),
    ...list(env).flatMap((item) => ifKnown(() => text(fields(item).value)) ?? []),
  ]);
}

/** Whole numbers as ports are; `8080` is none of `80801`, `1.8080` or `8080.5`. */
function numbersIn(given: readonly string[]): Set<number> {
  const found = given.flatMap((one) => one.match(/(?<![\d.])\d{1,5}(?!\d|\.\d)/g) ?? []);
  return new Set(found.map(Number));
}
