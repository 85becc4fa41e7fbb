import { posix } from "node:path";
import type { Container } from "./pods.ts";
import type { Stack, StackObject, Workload } from "./stack.ts";
import { type Fields, fields, ifKnown, list, text } from "./values.ts";

/** A file that a container finds, of a ConfigMap of the set. */
export interface MountedFile {
  /** Absolute path in the container. */
  readonly file: string;
  readonly configMap: StackObject;
  readonly key: string;
  readonly content: string;
  /** Path of the mount in the workload, such as `spec.template.spec.containers[0].volumeMounts[1]`. */
  readonly mount: string;
}

export interface MountedFiles {
  readonly files: readonly MountedFile[];
  /** Folders, or files, whose content the set does not show: claims, scratch space, Secrets, ConfigMaps of others. */
  readonly unknown: readonly string[];
}

/** What a container finds in its volumes. */
export function mountedFiles(stack: Stack, workload: Workload, { container, path }: Container): MountedFiles {
  const volumes = new Map(list(workload.pod.spec.volumes).map((one) => [fields(one).name, fields(one)]));
  const files: MountedFile[] = [];
  const unknown: string[] = [];
  for (const [index, item] of list(container.volumeMounts).entries()) {
    const { name, mountPath, subPath, subPathExpr } = fields(item);
    const place = text(mountPath);
    if (place === undefined) continue;
    const content =
      subPathExpr === undefined ? filesOf(stack, workload.namespace, volumes.get(name)) : undefined;
    if (content === undefined) {
      unknown.push(posix.resolve("/", place));
      continue;
    }
    for (const { path: inner, ...file } of content) {
      const below = relativeTo(inner, text(subPath));
      if (below === undefined) continue;
      files.push({
        ...file,
        file: posix.resolve("/", place, below),
        mount: `${path}.volumeMounts[${index}]`,
      });
    }
  }
  return { files, unknown };
}

type VolumeFile = Omit<MountedFile, "file" | "mount"> & { readonly path: string };

/** Files of a volume; undefined where the set does not show them. */
function filesOf(stack: Stack, namespace: string, volume: Fields | undefined): VolumeFile[] | undefined {
  const sources =
    volume?.projected === undefined ? [fields(volume)] : list(fields(volume.projected).sources).map(fields);
  const parts = sources.map((source) => {
    const reference = fields(source.configMap);
    const name = ifKnown(() => text(reference.name));
    const configMap = name === undefined ? undefined : stack.find("ConfigMap", namespace, name);
    return configMap && filesOfConfigMap(configMap, reference.items);
  });
  return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
}

function filesOfConfigMap(configMap: StackObject, items: unknown): VolumeFile[] {
  const data = fields(configMap.content.data);
  const chosen = list(items).map((item) => ({
    key: text(fields(item).key) ?? "",
    path: text(fields(item).path) ?? "",
  }));
  const all = chosen.length > 0 ? chosen : Object.keys(data).map((key) => ({ key, path: key }));
  return all.map(({ key, path }) => ({
    configMap,
    key,
    path,
    content: ifKnown(() => text(data[key])) ?? "",
  }));
}

function relativeTo(file: string, subPath: string | undefined): string | undefined {
  if (!subPath) return file;
  const inner = posix.relative(posix.resolve("/", subPath), posix.resolve("/", file));
  return inner.startsWith("..") ? undefined : inner;
}

/** Whether a file is in one of these folders, or is one of them. */
export function isBelow(file: string, folders: readonly string[]): boolean {
  return folders.some(
    (folder) => file === folder || file.startsWith(folder.endsWith("/") ? folder : `${folder}/`),
  );
}

/** The words of a container's command line: its command and its arguments. */
export function commandLine({ container }: Container): string[] {
  return [...list(container.command), ...list(container.args)].flatMap((word) => text(word) ?? []);
}
