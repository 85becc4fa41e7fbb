/** SMT-LIB 2 (https://smt-lib.org, version 2.7): writing terms and reading answers. */

/** A term, as text. */
export type Term = string;

/** A constant; SMT-LIB has no negative literals. */
export const int = (value: number): Term => (value < 0 ? `(- ${-value})` : `${value}`);

/** A term plus a constant. */
export const plus = (term: Term, value: number): Term => (value === 0 ? term : `(+ ${term} ${int(value)})`);

/** `a + offset <= b` */
export const atMost = (a: Term, b: Term, offset = 0): Term => `(<= ${plus(a, offset)} ${b})`;

/** `a + offset < b` */
export const less = (a: Term, b: Term, offset = 0): Term => `(< ${plus(a, offset)} ${b})`;

/** All of the terms hold. */
export function and(terms: readonly Term[]): Term {
  const needed = terms.filter((term) => term !== "true");
  if (needed.includes("false")) return "false";
  if (needed.length === 0) return "true";
  return needed.length === 1 ? `${needed[0]}` : `(and ${needed.join(" ")})`;
}

/** At least one of the terms holds. */
export function or(terms: readonly Term[]): Term {
  const possible = terms.filter((term) => term !== "false");
  if (possible.includes("true")) return "true";
  if (possible.length === 0) return "false";
  return possible.length === 1 ? `${possible[0]}` : `(or ${possible.join(" ")})`;
}

/** The term does not hold. */
export function not(term: Term): Term {
  if (term === "true") return "false";
  return term === "false" ? "true" : `(not ${term})`;
}

/** A growing SMT-LIB script. */
export class Script {
  readonly #lines: string[] = [];
  #length = 0;

  /** Characters so far. */
  get length(): number {
    return this.#length;
  }

  add(line: string): void {
    this.#lines.push(line);
    this.#length += line.length + 1;
  }

  declare(name: string, sort: "Int" | "Bool"): Term {
    this.add(`(declare-const ${name} ${sort})`);
    return name;
  }

  define(name: string, sort: "Int" | "Bool", term: Term): Term {
    this.add(`(define-fun ${name} () ${sort} ${term})`);
    return name;
  }

  assert(term: Term): void {
    if (term !== "true") this.add(`(assert ${term})`);
  }

  toString(): string {
    return `${this.#lines.join("\n")}\n`;
  }
}

/** What a solver said. */
export type Answer =
  | { readonly result: "sat"; readonly values: ReadonlyMap<string, number> }
  | { readonly result: "unsat"; readonly core: readonly string[] }
  | { readonly result: "unknown" };

/**
 * Reads the answer to one `check-sat` and the `get-value` or `get-unsat-core` after it. Booleans are read as 0 and 1;
 * what was asked for in vain (a model after `unsat`) is skipped.
 *
 * @throws Error when the output has no answer
 */
export function answerOf(stdout: string): Answer {
  const result = /^(sat|unsat|unknown)\s*$/m.exec(stdout);
  if (!result) throw new Error(`the solver gave no answer: ${stdout.slice(0, 200)}`);
  const rest = stdout.slice(result.index + result[0].length);
  if (result[1] === "sat") return { result: "sat", values: valuesOf(rest) };
  if (result[1] === "unknown") return { result: "unknown" };
  const core = /^\(([^()"]*)\)\s*$/m.exec(rest);
  return { result: "unsat", core: core?.[1]?.split(/\s+/).filter(Boolean) ?? [] };
}

function valuesOf(text: string): Map<string, number> {
  const values = new Map<string, number>();
  for (const [, name, negative, positive, truth] of text.matchAll(
    /\(([A-Za-z_][\w.]*)\s+(?:\(-\s+(\d+)\)|(\d+)|(true|false))\)/g,
  )) {
    if (name === undefined) continue;
    if (truth !== undefined) values.set(name, truth === "true" ? 1 : 0);
    else values.set(name, negative === undefined ? Number(positive) : -Number(negative));
  }
  return values;
}
