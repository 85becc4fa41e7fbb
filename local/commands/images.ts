import { readProjectFiles } from "../engine/index.ts";
import { buildInDocker } from "../images/docker.ts";
import { type BuiltImage, buildImages } from "../images/index.ts";
import { describeListed, type Listed, listedCharts, listedImages } from "../images/list.ts";
import { stackReferences } from "../images/references.ts";
import { parsedStack } from "../parsed-stack.ts";
import { root } from "../paths.ts";
import { recordStack } from "../render/record.ts";
import { readStackFile } from "../render/stack-file.ts";
import { terminalReport } from "../report.ts";
import { interruptible } from "../toolchain/interrupt.ts";
import { isClusterLayer, readArguments, requireStack, UsageError } from "./arguments.ts";

const engines = ["none", "docker"] as const;

/** `npm run images`: makes the images that a stack runs, with this machine alone or in its Docker engine; or lists all that it needs. */
export async function run(argv: readonly string[]): Promise<number> {
  const usage = `npm run images [-- --stack NAME] [--engine ${engines.join("|")}] [--list]`;
  const options = {
    stack: { type: "string", default: "dev" },
    engine: { type: "string", default: "none" },
    list: { type: "boolean", default: false },
  } as const;
  const { values } = readArguments({ argv, usage, options });
  if (!engines.some((engine) => engine === values.engine)) {
    throw new UsageError(
      `there is no engine "${values.engine}"; allowed are ${engines.join(", ")}\nUsage: ${usage}`,
    );
  }
  if (values.list) {
    process.stdout.write(describeListed(await listOf(requireStack(values.stack, usage))));
    return 0;
  }
  const references = stackReferences(requireStack(values.stack, usage));
  if (values.engine === "docker") {
    await buildInDocker(references);
    return 0;
  }
  const report = terminalReport();
  const built = await interruptible((signal) => buildImages({ references, report, signal }));
  process.stdout.write(table(built));
  return 0;
}

/** Everything that clusters fetch for a stack. */
async function listOf(stack: string): Promise<Listed[]> {
  if (isClusterLayer(stack)) return listedCharts(stack);
  const { mirror } = parsedStack(stack);
  const { name: project } = readProjectFiles({ checkout: root, stack });
  const config = readStackFile(root, stack);
  return listedImages(await recordStack({ root, project, stack, config }), mirror);
}

function table(built: readonly BuiltImage[]): string {
  const rows = built.map(({ reference, size, digest, image, origin, cached }) => [
    reference,
    `${(size / 1e6).toFixed(1)} MB`,
    digest,
    origin === "bundle" ? `from the services here` : `a stand-in for ${image}`,
    cached ? "unchanged" : "made",
  ]);
  const all = [["reference", "archive", "digest", "origin", ""], ...rows];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const lines = all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return `${lines.join("\n")}\n`;
}
