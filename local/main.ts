import { UsageError } from "./commands/arguments.ts";
import { terminalReport } from "./report.ts";

/** A command: gets its arguments, returns the exit code. Loaded only when it is asked for. */
type Command = () => Promise<{ run(argv: readonly string[]): Promise<number> }>;

const commands: Readonly<Record<string, Command>> = {
  up: () => import("./commands/up.ts"),
  verify: () => import("./commands/verify.ts"),
  down: () => import("./commands/down.ts"),
  recover: () => import("./commands/recover.ts"),
  pulumi: () => import("./commands/pulumi.ts"),
  render: () => import("./commands/render.ts"),
  images: () => import("./commands/images.ts"),
  test: () => import("./commands/test.ts"),
  "test:services": () => import("./commands/test-services.ts"),
  "test:cluster": () => import("./commands/test-cluster.ts"),
  soak: () => import("./commands/soak.ts"),
  check: () => import("./commands/check.ts"),
  audit: () => import("./commands/audit.ts"),
  policies: () => import("./commands/policies.ts"),
  bench: () => import("./commands/bench.ts"),
  golden: () => import("./commands/golden.ts"),
};

const [name = "", ...argv] = process.argv.slice(2);
const command = commands[name];
if (command) {
  try {
    process.exitCode = await (await command()).run(argv);
  } catch (error) {
    terminalReport().step(messageOf(error, name));
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
} else {
  terminalReport().step(`There is no command "${name}"; commands are ${Object.keys(commands).join(", ")}`);
  process.exitCode = 2;
}

function messageOf(error: unknown, command: string): string {
  if (!(error instanceof Error)) return `npm run ${command} failed: ${String(error)}`;
  const trace = process.env.DEBUG ? `\n${error.stack}` : "";
  return `npm run ${command} failed: ${error.message}${trace}`;
}
