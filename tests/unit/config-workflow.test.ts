import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { parseConfig } from "../../config/parse.ts";
import { neededOperators } from "../../config/slices/operators.ts";
import { readStackFile } from "../../local/render/stack-file.ts";
import { project } from "./config-cases.ts";
import { root } from "./program.ts";

/** The configuration with which the workflow deploys a stack to kind. */
function workflowConfig(stack: string) {
  const directory = mkdtempSync(join(tmpdir(), "workflow-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  cpSync(join(root, ".github", "production"), directory, { recursive: true });
  const { values, secretKeys } = readStackFile(directory, stack);
  const { config, problems } = parseConfig({
    project,
    stack,
    values: { "kubernetes:context": "kind-production", ...values },
    secretKeys: new Set(secretKeys),
  });
  if (!config) throw new Error(`refused: ${JSON.stringify(problems)}`);
  return config;
}

test("the workflow's stacks are legal, and what its prod needs its cluster installs", () => {
  const { operators } = workflowConfig("cluster");
  const needed = neededOperators(workflowConfig("prod"));
  expect(needed).toEqual(["istio", "eck"]);
  for (const id of needed) expect(operators[id].source).toBe("install");
});

test("the workflow's prod has the forms of prod", () => {
  const { mesh, logging, jaeger } = workflowConfig("prod");
  expect([mesh.form, logging.form, jaeger.form]).toEqual(["ambient", "operator", "distributed"]);
});
