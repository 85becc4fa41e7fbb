import type { OperatorId } from "../components/contract/operators.ts";
import { type ParsedConfig, parseConfig } from "../config/parse.ts";
import { describeProblems } from "../config/problems.ts";
import { neededOperators } from "../config/slices/operators.ts";
import { readProjectFiles } from "./engine/index.ts";
import { root } from "./paths.ts";
import { readStackFile } from "./render/stack-file.ts";

/**
 * The configuration of a stack of this checkout.
 *
 * @throws Error that lists what is wrong with it
 */
export function parsedStack(stack: string): ParsedConfig {
  const { name: project } = readProjectFiles({ checkout: root, stack });
  const { values, secretKeys } = readStackFile(root, stack);
  const { config, problems } = parseConfig({
    project,
    stack,
    // Which cluster it is for does not matter here.
    values: { "kubernetes:context": "any", ...values },
    secretKeys: new Set(secretKeys),
  });
  if (!config) throw new Error(describeProblems(stack, problems));
  return config;
}

/** The operators that a stack of this checkout needs. */
export function stackOperators(stack: string): OperatorId[] {
  const config = parsedStack(stack);
  return config.layer === "cluster" ? [] : neededOperators(config);
}
