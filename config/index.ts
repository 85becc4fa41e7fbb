import * as pulumi from "@pulumi/pulumi";
import { type ParsedConfig, parseConfig } from "./parse.ts";
import { describeProblems } from "./problems.ts";

export type { ParsedConfig } from "./parse.ts";

/**
 * Loads and validates the configuration of the stack that is being deployed.
 *
 * @throws pulumi.RunError that lists every problem, before anything is created.
 */
export function loadConfig(): ParsedConfig {
  const result = parseConfig({
    project: pulumi.getProject(),
    stack: pulumi.getStack(),
    values: pulumi.runtime.allConfig(),
    secretKeys: configSecretKeys(),
  });
  if (result.problems) throw new pulumi.RunError(describeProblems(pulumi.getStack(), result.problems));
  return result.config;
}

/** The keys that were set with `--secret`. The SDK keeps them to itself; the engine hands them over in this variable. */
function configSecretKeys(): ReadonlySet<string> {
  const keys: unknown = JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS ?? "[]");
  return new Set(Array.isArray(keys) ? keys.map(String) : []);
}
