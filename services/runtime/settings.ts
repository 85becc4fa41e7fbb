import { z } from "zod";
import {
  type ObjectStorageVariable,
  objectStorageVariables,
} from "../../components/contract/object-storage.ts";
import {
  type SettingKey,
  serviceNameVariable,
  settingKeys,
  standardVariable,
} from "../../components/contract/runtime.ts";
import { type StandardId, standards } from "../../components/contract/standards.ts";
import { bytesOf, millicoresOf } from "../../components/foundation/quantity.ts";

/** A variable that a program may read: a setting of the contract, or one of those that say which workload it is. */
export type Variable =
  | SettingKey
  | ObjectStorageVariable
  | typeof serviceNameVariable
  | typeof standardVariable;

/** How the text of a variable is read: what is allowed, in words, and what it becomes. */
interface Form<Value> {
  readonly allowed: string;
  readonly schema: z.ZodType<Value, string>;
}

const text: Form<string> = { allowed: "any text but the empty one", schema: z.string().min(1) };

/** Every variable's form; its type is what `readSettings` gives. Units are in the contract's descriptions. */
const forms = {
  DATABASE_HOST: text,
  DATABASE_PORT: integer({ min: 1, max: 65_535 }),
  DATABASE_NAME: text,
  REDIS_HOST: text,
  REDIS_PORT: integer({ min: 1, max: 65_535 }),
  COQ_VERSION: text,
  TLA_VERSION: text,
  RUST_VERSION: text,
  Z3_VERSION: text,
  LOG_LEVEL: oneOf(["debug", "info", "warn", "error"]),
  LOG_FORMAT: oneOf(["json", "text"]),
  MAX_CONCURRENT_VERIFICATIONS: integer({ min: 1, max: 1_000 }),
  VERIFICATION_TIMEOUT: integer({ min: 1, max: 86_400 }),
  /** Becomes thousandths of a core. */
  RESOURCE_LIMITS_CPU: quantity("a CPU quantity such as 500m or 2", millicoresOf),
  /** Becomes bytes. */
  RESOURCE_LIMITS_MEMORY: quantity("a memory quantity such as 512Mi or 2Gi", bytesOf),
  MAX_QUEUED_VERIFICATIONS: integer({ min: 1, max: 1_000_000 }),
  RATE_LIMIT_PER_MINUTE: integer({ min: 1, max: 1_000_000 }),
  MAX_REQUEST_BYTES: integer({ min: 1, max: 2 ** 30 }),
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    allowed: "an http or https URL, or nothing",
    schema: z.union([z.literal(""), z.url({ protocol: /^https?$/ })]),
  },
  OBJECT_STORAGE_ENDPOINT: { allowed: "an http or https URL", schema: z.url({ protocol: /^https?$/ }) },
  OBJECT_STORAGE_REGION: text,
  OBJECT_STORAGE_BUCKET: text,
  BACKUP_FOLDER: text,
  BACKUP_KEEP_LATEST: integer({ min: 1, max: 1_000 }),
  BACKUP_KEEP_DAILY: integer({ min: 0, max: 1_000 }),
  BACKUP_KEEP_WEEKLY: integer({ min: 0, max: 1_000 }),
  BACKUP: text,
  DUMP_FILE: text,
  [serviceNameVariable]: text,
  [standardVariable]: oneOf(standards.map(({ id }) => id) as [StandardId, ...StandardId[]]),
} satisfies { readonly [V in Variable]: Form<unknown> };

/** The values of these variables, and of `SERVICE_NAME`, each in its own type. */
export type Settings<V extends Variable> = {
  readonly [P in V | typeof serviceNameVariable]: z.output<(typeof forms)[P]["schema"]>;
};

/** What is wrong with the environment, every problem on a line of its own. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const lines = problems.map((problem) => `\n- ${problem}`).join("");
    const advice =
      "Correct the environment of the process; in a cluster, the stack's configuration gives it.";
    super(`The environment does not keep the runtime contract.${lines}\n${advice}`);
    this.problems = problems;
  }
}

/**
 * The values of these variables, and of `SERVICE_NAME`, which every program reads. `RESOURCE_LIMITS_CPU` becomes
 * thousandths of a core, `RESOURCE_LIMITS_MEMORY` bytes; other numbers are in the unit that the contract states.
 *
 * @throws SettingsError that names every variable that is missing or not of its form
 */
export function readSettings<V extends Variable>(
  variables: readonly V[],
  environment: NodeJS.ProcessEnv = process.env,
): Settings<V> {
  const all = new Set<Variable>([serviceNameVariable, ...variables]);
  const read = [...all].map((variable) => readVariable(variable, environment));
  const problems = read.flatMap(({ problem }) => problem ?? []);
  if (problems.length > 0) throw new SettingsError(problems);
  return Object.fromEntries(read.map(({ variable, value }) => [variable, value])) as Settings<V>;
}

function readVariable(variable: Variable, environment: NodeJS.ProcessEnv) {
  const { allowed, schema }: Form<unknown> = forms[variable];
  const given = environment[variable];
  const expected = `${descriptionOf(variable)}; allowed: ${allowed}`;
  if (given === undefined) return { variable, problem: `${variable} is not set (${expected})` };
  const { success, data } = schema.safeParse(given);
  if (!success) return { variable, problem: `${variable} is ${JSON.stringify(given)} (${expected})` };
  return { variable, value: data };
}

function descriptionOf(variable: Variable): string {
  if (variable === serviceNameVariable) return "name of the workload";
  if (variable === standardVariable) return "standard that the verifier verifies";
  return { ...settingKeys, ...objectStorageVariables }[variable];
}

function integer({ min, max }: { min: number; max: number }): Form<number> {
  const schema = z.string().regex(/^\d+$/).transform(Number).pipe(z.number().min(min).max(max));
  return { allowed: `a whole number from ${min} to ${max}`, schema };
}

function oneOf<const Values extends readonly [string, ...string[]]>(values: Values): Form<Values[number]> {
  return { allowed: `one of ${values.join(", ")}`, schema: z.enum(values) };
}

/** A quantity greater than nothing. */
function quantity(allowed: string, numberOf: (quantity: string) => number | undefined): Form<number> {
  return { allowed, schema: z.string().transform(numberOf).pipe(z.number().positive()) };
}
