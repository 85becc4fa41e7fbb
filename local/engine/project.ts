import { isAbsolute, join } from "node:path";
import { stringify } from "yaml";
import { type Mapping, parseMapping, readIfThere, writeWhole } from "../files.ts";
import type { Report } from "../report.ts";
import type { PluginSection } from "./plugins.ts";
import { mergeStackConfig, parseStackConfig } from "./stack-config.ts";

/** What a checkout says of its project and of one of its stacks. */
export interface ProjectFiles {
  readonly name: string;
  readonly project: Mapping;
  /** Name of the stack's configuration file, without a folder. */
  readonly stackFile: string;
  readonly stackText: string;
  readonly stackConfig: Mapping;
}

/** @throws Error that names the file which is missing or not what it must be */
export function readProjectFiles({ checkout, stack }: { checkout: string; stack: string }): ProjectFiles {
  const projectFile = join(checkout, "Pulumi.yaml");
  const project = parseMapping(projectFile, readIfThere(projectFile));
  const { name } = project;
  if (typeof name !== "string") throw new Error(`${projectFile} must give the project's name as "name"`);
  const stackFile = `Pulumi.${stack}.yaml`;
  const path = join(checkout, stackFile);
  const stackText = readIfThere(path);
  if (stackText === undefined) throw new Error(`there is no stack "${stack}": ${path} does not exist`);
  return { name, project, stackFile, stackText, stackConfig: parseStackConfig(path, stackText) };
}

/** Writes the Pulumi.yaml that the CLI reads: the program stays where it is, and all plugins are named. */
export function copyProject(args: {
  files: ProjectFiles;
  checkout: string;
  dir: string;
  plugins: PluginSection;
}): void {
  const { backend: _, main = "", ...project } = args.files.project;
  const path = String(main);
  const copy = {
    ...project,
    main: isAbsolute(path) ? path : join(args.checkout, path),
    plugins: args.plugins,
  };
  writeWhole(join(args.dir, "Pulumi.yaml"), stringify(copy, { lineWidth: 0 }), 0o644);
}

/** Brings the configuration file that the CLI reads and writes up to date with the checkout's. */
export function copyStackConfig(args: {
  files: ProjectFiles;
  dir: string;
  stateDir: string;
  set: Mapping;
  report: Report;
}): void {
  const { files, report } = args;
  const copyFile = join(args.dir, files.stackFile);
  const baseFile = join(args.stateDir, "merged-config.yaml");
  const base = readIfThere(baseFile);
  const copy = readIfThere(copyFile)?.trim() || undefined;
  if (base !== undefined && copy === undefined)
    report.step(
      `${copyFile} was missing or empty, and is made anew from ${files.stackFile}. ` +
        "What was set in it alone is lost, secrets too; set it again with: npm run pulumi -- config set",
    );
  const { text, unreadable } = mergeStackConfig({
    base: base === undefined ? undefined : parseStackConfig(baseFile, base),
    tracked: files.stackConfig,
    copy: copy === undefined ? undefined : parseStackConfig(copyFile, copy),
    set: args.set,
  });
  // In this order: a merge that is cut off between the two is done again.
  writeWhole(copyFile, text);
  writeWhole(baseFile, files.stackText);
  for (const key of unreadable)
    report.step(
      `${files.stackFile} holds ${key} encrypted for another backend; locally, set it with: npm run pulumi -- config set --secret ${key}`,
    );
}
