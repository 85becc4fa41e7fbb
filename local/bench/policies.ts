import { join } from "node:path";
import { judge } from "../../policies/judge.ts";
import { type Given, stackOf } from "../../policies/objects/stack.ts";
import { rules } from "../../policies/rules.ts";
import { readSources } from "../../policies/runner/sources.ts";
import { root } from "../paths.ts";

/** How long the rules take over so many objects. */
export interface Judged {
  readonly objects: number;
  readonly seconds: number;
}

/** Times the rules, without an engine, over the committed objects of a stack as they are, and over copies of them in namespaces of their own. */
export function timeRules(stack: string, copies: readonly number[]): Judged[] {
  const { objects } = readSources([join("tests", "golden", stack, "objects")], { directory: root });
  const once = (count: number): Judged => {
    const given = Array.from({ length: count }, (_, index) =>
      objects.map((object) => inNamespace(object, index)),
    ).flat();
    const start = performance.now();
    judge(stackOf(given), rules);
    return { objects: given.length, seconds: (performance.now() - start) / 1000 };
  };
  // The first time, the engine of JavaScript still learns.
  once(1);
  return copies.map(once);
}

function inNamespace({ content }: Given, index: number): Given {
  const suffix = index === 0 ? "" : `-${index}`;
  const text = JSON.stringify(content).replaceAll(/"(iot-verification(?:-logs)?)"/g, `"$1${suffix}"`);
  return { content: JSON.parse(text) as Given["content"] };
}
