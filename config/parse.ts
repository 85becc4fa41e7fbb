import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { ClusterConfig } from "../components/foundation/cluster.ts";
import { mirroredImages } from "./mirror.ts";
import { nearest, type Problem, problemsOf } from "./problems.ts";
import { clusterKeys, clusterOnlyKeys, type StackConfig, schema, secretKeys } from "./schema.ts";
import { schemaAt, unwrapped } from "./schema-walk.ts";

/** The configuration of a stack as the Pulumi CLI hands it over. */
export interface RawConfig {
  readonly project: string;
  readonly stack: string;
  /** Every value by its full key, such as `iot-verification:gateway`; structured values are JSON. */
  readonly values: Readonly<Record<string, string>>;
  /** The full keys whose values were set with `--secret`. */
  readonly secretKeys: ReadonlySet<string>;
}

/** A validated configuration, and the cluster that it is for. */
export interface ParsedConfig extends StackConfig {
  readonly cluster: ClusterConfig;
}

/** Either a configuration, or everything that is wrong with it. */
export type ParseResult =
  | { readonly config: ParsedConfig; readonly problems?: never }
  | { readonly config?: never; readonly problems: readonly Problem[] };

/** Validates the whole configuration of a stack. Pure: the same input gives the same result, and nothing is created. */
export function parseConfig(raw: RawConfig): ParseResult {
  const exposed = exposedSecrets(raw);
  // What is in plain text has to be chosen anew, whatever it is: no other key is held against it.
  const input = structured({ ...raw, values: without(raw.values, exposed) });
  const parsed = schema.safeParse(input);
  const isSecret = (key: string) => raw.secretKeys.has(`${raw.project}:${key}`);
  const judged = parsed.success ? [] : problemsOf(parsed.error, input, raw.project, isSecret);
  const problems = [
    ...clusterProblems(raw),
    ...layerProblems(raw, input),
    ...judged.filter(({ key }) => !exposed.some((other) => other.key === key)),
    ...exposed,
  ];
  const context = raw.values["kubernetes:context"]?.trim();
  if (problems.length > 0 || !parsed.success || !context) return { problems };
  const kubeconfig = raw.values["kubernetes:kubeconfig"];
  const images = mirroredImages(parsed.data.images, parsed.data.mirror);
  return { config: { ...parsed.data, images, cluster: kubeconfig ? { context, kubeconfig } : { context } } };
}

const connectionKeys = ["context", "kubeconfig"];

function clusterProblems({ values, stack }: RawConfig): Problem[] {
  const unknown = Object.keys(values)
    .filter(
      (key) => key.startsWith("kubernetes:") && !connectionKeys.includes(key.slice("kubernetes:".length)),
    )
    .map((key) => ({
      key,
      advice: `is not used by this stack; ${suggestion(key.slice("kubernetes:".length))}`,
    }));
  if (values["kubernetes:context"]?.trim()) return unknown;
  const advice =
    "is missing: a stack never deploys to whatever context happens to be current; name one of " +
    `\`kubectl config get-contexts\` with \`pulumi config set kubernetes:context NAME --stack ${stack}\``;
  return [{ key: "kubernetes:context", advice }, ...unknown];
}

/** A key of the other layer would be read by nobody; the CLI hands over each with its default. */
function layerProblems({ project }: RawConfig, input: Readonly<Record<string, unknown>>): Problem[] {
  const isCluster = input.layer === "cluster";
  const foreign = Object.keys(schema.shape).filter((key) =>
    isCluster
      ? !(clusterKeys as readonly string[]).includes(key)
      : (clusterOnlyKeys as readonly string[]).includes(key),
  );
  const advice = isCluster
    ? `is of the platform's stacks, and this one's layer is cluster, which has ${clusterKeys.join(", ")}; take it out`
    : "is of a stack whose layer is cluster, and this one's is platform; take it out";
  return foreign
    .filter(
      (key) => key in input && isOtherThanDefault(schema.shape[key as keyof typeof schema.shape], input[key]),
    )
    .map((key) => ({ key: `${project}:${key}`, advice }));
}

/** What is illegal is reported for that. */
function isOtherThanDefault(kind: z.ZodType, value: unknown): boolean {
  const [given, fallback] = [kind.safeParse(value), kind.safeParse(undefined)];
  return given.success && !isDeepStrictEqual(given.data, fallback.data);
}

function suggestion(key: string): string {
  const near = nearest(key, connectionKeys);
  return near
    ? `did you mean kubernetes:${near}?`
    : `it uses ${connectionKeys.map((one) => `kubernetes:${one}`).join(" and ")}`;
}

function exposedSecrets(raw: RawConfig): Problem[] {
  return secretKeys
    .map((key) => ({ key, full: `${raw.project}:${key}` }))
    .filter(({ full }) => raw.values[full] !== undefined && !raw.secretKeys.has(full))
    .map(({ key, full }) => ({
      key: full,
      advice: `is in plain text; choose a new value and set it with \`pulumi config set --secret ${key}\``,
    }));
}

function without(values: RawConfig["values"], exposed: readonly Problem[]): RawConfig["values"] {
  return Object.fromEntries(
    Object.entries(values).filter(([key]) => !exposed.some((problem) => problem.key === key)),
  );
}

/** The project's own keys, with JSON where the key stands for a map; what is no JSON stays text for the schema to refuse. */
function structured({ project, values }: RawConfig): Record<string, unknown> {
  const own = Object.entries(values).filter(([key]) => key.startsWith(`${project}:`));
  return Object.fromEntries(
    own.map(([key, value]) => {
      const name = key.slice(project.length + 1);
      return [name, isText(name) ? value : parsedJson(value)];
    }),
  );
}

/** Whether the value of a key is text by itself rather than JSON; so is that of a key that nobody knows. */
function isText(name: string): boolean {
  const kind = unwrapped(schemaAt([name]));
  return !(kind instanceof z.ZodObject);
}

function parsedJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
