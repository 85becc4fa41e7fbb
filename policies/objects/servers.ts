import { clientPrograms, type Engine, engines, serverPrograms } from "../data/servers.ts";
import { imageName } from "./images.ts";
import { commandLine, type MountedFiles, mountedFiles } from "./mounted-files.ts";
import type { Container } from "./pods.ts";
import type { Stack, Workload } from "./stack.ts";
import { type Fields, fields, ifKnown, list, text } from "./values.ts";
import { isLongRunning } from "./workloads.ts";

/** A container that runs a server of data. */
export interface Server {
  readonly engine: Engine;
  /** Last part of its image's name, and its tag. */
  readonly image: string;
  readonly tag: string | undefined;
  readonly workload: Workload;
  readonly container: Container;
  /** Command and arguments. */
  readonly words: readonly string[];
  readonly env: Environment;
  readonly mounted: MountedFiles;
}

/** Servers that run for good: jobs, and clients out of the same images, are none. */
export function serversOf(stack: Stack, wanted?: Engine): Server[] {
  return stack.workloads.filter(isLongRunning).flatMap((workload) =>
    workload.containers.flatMap((container) => {
      const { name: image, tag } = imageName(ifKnown(() => text(container.container.image)) ?? "");
      const engine = engines.get(image);
      const words = commandLine(container);
      if (engine === undefined || (wanted && engine !== wanted) || !container.isLasting || isClient(words))
        return [];
      const mounted = mountedFiles(stack, workload, container);
      return [
        {
          engine,
          image,
          tag,
          workload,
          container,
          words,
          env: environmentOf(stack, workload, container),
          mounted,
        },
      ];
    }),
  );
}

function isClient(words: readonly string[]): boolean {
  const line = words.join(" ");
  return clientPrograms.test(line) && !serverPrograms.test(line);
}

/** Variables of a container as far as they are known. */
interface Environment {
  /** By name; undefined where the value comes from elsewhere. */
  readonly values: ReadonlyMap<string, string | undefined>;
  /** Path of a variable's entry. */
  pathOf(name: string): string | undefined;
  /** Variables come from an object that the set does not show. */
  readonly hasMore: boolean;
}

function environmentOf(stack: Stack, { namespace }: Workload, { container, path }: Container): Environment {
  const values = new Map<string, string | undefined>();
  const paths = new Map<string, string>();
  let hasMore = false;
  for (const item of list(container.envFrom)) {
    const { configMapRef, prefix } = fields(item);
    const name = ifKnown(() => text(fields(configMapRef).name));
    const configMap = name === undefined ? undefined : stack.find("ConfigMap", namespace, name);
    const data: Fields = fields(configMap?.content.data);
    if (!configMap) hasMore = true;
    for (const key of Object.keys(data))
      values.set(
        `${text(prefix) ?? ""}${key}`,
        ifKnown(() => text(data[key])),
      );
  }
  for (const [index, item] of list(container.env).entries()) {
    const variable = fields(item);
    const name = text(variable.name) ?? "";
    const value = ifKnown(() => variable.value);
    values.set(name, typeof value === "number" || typeof value === "boolean" ? String(value) : text(value));
    paths.set(name, `${path}.env[${index}]`);
  }
  return { values, hasMore, pathOf: (name) => paths.get(name) };
}

/** Where a container's options are written, for what is missing there. */
export function optionsPath({ container: { container, path } }: Pick<Server, "container">): string {
  return Array.isArray(container.command) && !Array.isArray(container.args)
    ? `${path}.command`
    : `${path}.args`;
}

/** A configuration without the comments that explain what it does not do, as published ones have. */
export function withoutComments(content: string): string {
  return content.replace(/^[ \t]*[#;].*$/gm, "");
}
