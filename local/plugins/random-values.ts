/** What the resources of the `random` provider check, make and compare; no engine and no gRPC in here. */
import { randomBytes, randomInt } from "node:crypto";
import { comparable, type Failure, type Properties, unknownValue } from "./properties.ts";

/** One kind of random resource. Every input is part of the value's recipe, so a changed one means a new value. */
export interface RandomKind {
  /** Input names with their defaults; `undefined` where there is none. */
  readonly inputs: Properties;
  /** Outputs that hold the random value. */
  readonly computed: readonly string[];
  /** Which of them are secret. */
  readonly secrets: readonly string[];
  /** The problems of inputs whose values are all known or the unknown value. */
  check(inputs: Properties): Failure[];
  /** Makes a new value. */
  create(inputs: Properties): { id: string; computed: Properties };
  /** Takes over a value from the ID that `pulumi import` was given. Throws when the ID is malformed. */
  adopt(id: string): { id: string; inputs: Properties; computed: Properties };
}

const lowercase = "abcdefghijklmnopqrstuvwxyz";
const digits = "0123456789";
const specials = "!@#$%&*()-_=+[]{}<>:?";

const stringInputs = {
  keepers: undefined,
  length: undefined,
  lower: true,
  minLower: 0,
  minNumeric: 0,
  minSpecial: 0,
  minUpper: 0,
  number: true,
  numeric: true,
  overrideSpecial: undefined,
  special: true,
  upper: true,
} as const;

/** Inputs with the defaults filled in; `number` is the deprecated name of `numeric` and always its equal. */
export function resolveInputs(kind: RandomKind, given: Properties): Properties {
  const numeric = given.numeric ?? given.number;
  const named = "numeric" in kind.inputs && numeric !== undefined ? { numeric, number: numeric } : {};
  const entries = Object.entries(kind.inputs).map(([name, otherwise]) => [name, given[name] ?? otherwise]);
  return Object.fromEntries(
    Object.entries({ ...Object.fromEntries(entries), ...named }).filter(([, value]) => value !== undefined),
  );
}

/** The inputs whose change needs a new value. Absent and empty keepers are the same. */
export function changedInputs(kind: RandomKind, state: Properties, given: Properties): string[] {
  const before = resolveInputs(kind, state);
  const after = resolveInputs(kind, given);
  return Object.keys(kind.inputs).filter((name) => comparable(before[name]) !== comparable(after[name]));
}

function makeString(inputs: Properties): string {
  const { length, overrideSpecial } = inputs as { length: number; overrideSpecial?: string };
  const special = overrideSpecial || specials;
  const classes = [
    { characters: lowercase, wanted: inputs.lower, least: inputs.minLower },
    { characters: lowercase.toUpperCase(), wanted: inputs.upper, least: inputs.minUpper },
    { characters: digits, wanted: inputs.numeric, least: inputs.minNumeric },
    { characters: special, wanted: inputs.special, least: inputs.minSpecial },
  ];
  const result = classes.flatMap(({ characters, least }) => pick(characters, least as number));
  const all = classes.flatMap(({ characters, wanted }) => (wanted ? [characters] : [])).join("");
  result.push(...pick(all, length - result.length));
  for (let last = result.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [result[last], result[other]] = [result[other] as string, result[last] as string];
  }
  return result.join("");
}

/** `randomInt` is cryptographic and unbiased for any range. */
function pick(characters: string, count: number): string[] {
  const choices = [...characters];
  return Array.from({ length: count }, () => choices[randomInt(choices.length)] as string);
}

function checkString(inputs: Properties): Failure[] {
  const failures = checkCount("length", inputs.length, 1);
  const minimums = ["minLower", "minNumeric", "minSpecial", "minUpper"] as const;
  for (const name of minimums) failures.push(...checkCount(name, inputs[name], 0));
  for (const name of ["lower", "upper", "numeric", "number", "special"]) {
    const value = inputs[name];
    if (typeof value !== "boolean" && value !== unknownValue)
      failures.push({ property: name, reason: `must be true or false, not ${JSON.stringify(value)}` });
  }
  if (inputs.overrideSpecial !== undefined && typeof inputs.overrideSpecial !== "string")
    failures.push({ property: "overrideSpecial", reason: "must be a string of characters" });
  if (failures.length > 0) return failures;
  const sum = minimums.reduce((total, name) => total + (Number(inputs[name]) || 0), 0);
  if (typeof inputs.length === "number" && inputs.length < sum)
    failures.push({
      property: "length",
      reason: `must be at least ${sum}, the sum of minLower, minNumeric, minSpecial and minUpper, not ${inputs.length}`,
    });
  if (!(inputs.lower || inputs.upper || inputs.numeric || inputs.special))
    failures.push({ property: "special", reason: "one of lower, upper, numeric and special must be true" });
  return failures;
}

function checkCount(property: string, value: unknown, least: number): Failure[] {
  if (value === unknownValue || (Number.isInteger(value) && (value as number) >= least)) return [];
  const given = value === undefined ? "it is missing" : `not ${JSON.stringify(value)}`;
  return [{ property, reason: `must be a whole number of at least ${least}, ${given}` }];
}

function stringKind(args: { secret: boolean; id: (result: string) => string }): RandomKind {
  return {
    inputs: stringInputs,
    computed: ["result"],
    secrets: args.secret ? ["result"] : [],
    check: checkString,
    create(inputs) {
      const result = makeString(inputs);
      return { id: args.id(result), computed: { result } };
    },
    adopt: (result) => ({
      id: args.id(result),
      inputs: { length: [...result].length },
      computed: { result },
    }),
  };
}

function identifier(bytes: Buffer, prefix: string): { id: string; computed: Properties } {
  const b64Url = bytes.toString("base64url");
  const values = {
    b64Std: bytes.toString("base64"),
    b64Url,
    dec: BigInt(`0x${bytes.toString("hex")}`).toString(),
    hex: bytes.toString("hex"),
  };
  return {
    id: b64Url,
    computed: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, prefix + value])),
  };
}

const randomId: RandomKind = {
  inputs: { byteLength: undefined, keepers: undefined, prefix: undefined },
  computed: ["b64Std", "b64Url", "dec", "hex"],
  secrets: [],
  check: (inputs) => checkCount("byteLength", inputs.byteLength, 1),
  create: (inputs) => identifier(randomBytes(inputs.byteLength as number), String(inputs.prefix ?? "")),
  adopt(given) {
    const comma = given.lastIndexOf(",");
    const prefix = comma < 0 ? undefined : given.slice(0, comma);
    const bytes = decode(given.slice(comma + 1), "base64url");
    return { ...identifier(bytes, prefix ?? ""), inputs: { byteLength: bytes.length, prefix } };
  },
};

const randomBytesKind: RandomKind = {
  inputs: { keepers: undefined, length: undefined },
  computed: ["base64", "hex"],
  secrets: ["base64", "hex"],
  check: (inputs) => checkCount("length", inputs.length, 1),
  create: (inputs) => ({ id: "none", computed: bytesOutputs(randomBytes(inputs.length as number)) }),
  adopt(given) {
    const bytes = decode(given, "base64");
    return { id: "none", inputs: { length: bytes.length }, computed: bytesOutputs(bytes) };
  },
};

function bytesOutputs(bytes: Buffer): Properties {
  return { base64: bytes.toString("base64"), hex: bytes.toString("hex") };
}

function decode(text: string, encoding: "base64" | "base64url"): Buffer {
  const bytes = Buffer.from(text, encoding);
  if (bytes.length === 0 || bytes.toString(encoding) !== text)
    throw new Error(`the ID to import must be a value in ${encoding} form`);
  return bytes;
}

/** The kinds by Pulumi type. A password's ID is a constant, because IDs are never secret. */
export const randomKinds: Readonly<Record<string, RandomKind>> = {
  "random:index/randomPassword:RandomPassword": stringKind({ secret: true, id: () => "none" }),
  "random:index/randomString:RandomString": stringKind({ secret: false, id: (result) => result }),
  "random:index/randomId:RandomId": randomId,
  "random:index/randomBytes:RandomBytes": randomBytesKind,
};
