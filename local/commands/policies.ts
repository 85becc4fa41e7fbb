import { runPolicies } from "../../policies/runner/main.ts";

/** `npm run policies`: judges Kubernetes YAML by the project's policies. */
export async function run(argv: readonly string[]): Promise<number> {
  const { code, stdout, stderr } = runPolicies(argv);
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  return code;
}
