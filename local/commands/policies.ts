import { buffer } from "node:stream/consumers";
import { runPolicies } from "../../policies/runner/main.ts";

/** `npm run policies`: judges Kubernetes YAML by the project's policies. */
export async function run(argv: readonly string[]): Promise<number> {
  const { code, stdout, stderr } = await runPolicies(argv, {
    // npm goes to the folder of package.json, and says where it was called.
    directory: process.env.INIT_CWD ?? process.cwd(),
    input: () => buffer(process.stdin),
  });
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  return code;
}
