import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { standards } from "../../components/contract/standards.ts";
import { auditAnnotationPrefix } from "../../components/foundation/audit.ts";
import { ownImages } from "../../images/programs.ts";

/** An object as the audit sees it. */
export interface AuditedObject {
  /** Path of its file, from the directory of manifests. */
  readonly file: string;
  /** `KIND/NAMESPACE/NAME`, or `KIND/NAME` where there are no namespaces. */
  readonly id: string;
  /** It is a pod, or makes pods. */
  readonly isWorkload: boolean;
  /** One of its containers runs an image of the platform's own. */
  readonly isOwn: boolean;
  /** Reasons by check. */
  readonly exceptions: Readonly<Record<string, string>>;
}

const container = z.object({ image: z.string() });
const podSpec = z.object({ containers: z.array(container), initContainers: z.array(container).optional() });
const podTemplate = z.object({ spec: podSpec });
const manifest = z.object({
  kind: z.string(),
  metadata: z.object({
    name: z.string(),
    namespace: z.string().optional(),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
  spec: z
    .union([
      podSpec,
      z.object({ template: podTemplate }),
      z.object({ jobTemplate: z.object({ spec: z.object({ template: podTemplate }) }) }),
      z.unknown(),
    ])
    .optional(),
});

/** A file with one object. */
export interface Manifest {
  /** Its path, from the directory of manifests. */
  readonly file: string;
  readonly content: unknown;
}

/** Reads every manifest below a directory; each has one object. */
export function readManifests(directory: string): Manifest[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".yaml"))
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .sort()
    .map((file) => ({ file, content: parse(readFileSync(join(directory, file), "utf8")) }));
}

/** @throws Error that names the file when it is no manifest */
export function auditedObject({ file, content }: Manifest): AuditedObject {
  const { data, error } = manifest.safeParse(content);
  if (error) throw new Error(`${file} is no manifest:\n${z.prettifyError(error)}`);
  const { kind, metadata } = data;
  const images = imagesOf(data.spec);
  return {
    file,
    id: [kind, metadata.namespace, metadata.name].filter(Boolean).join("/"),
    isWorkload: images.length > 0,
    isOwn: images.some(isOwnImage),
    exceptions: Object.fromEntries(
      Object.entries(metadata.annotations ?? {})
        .filter(([key]) => key.startsWith(auditAnnotationPrefix))
        .map(([key, reason]) => [key.slice(auditAnnotationPrefix.length), reason]),
    ),
  };
}

function imagesOf(spec: z.infer<typeof manifest>["spec"]): string[] {
  const pod = podSpec.safeParse(podOf(spec)).data;
  return [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])].map(({ image }) => image);
}

function podOf(spec: z.infer<typeof manifest>["spec"]): unknown {
  if (typeof spec !== "object" || spec === null) return undefined;
  if ("jobTemplate" in spec)
    return (spec.jobTemplate as { spec: { template: { spec: unknown } } }).spec.template.spec;
  if ("template" in spec) return (spec.template as { spec: unknown }).spec;
  return spec;
}

const ownNames = new Set([...Object.keys(ownImages), ...standards.map(({ id }) => `${id}-verification`)]);

/** Whether an image is the platform's own, by the last part of its name, whatever the registry. */
function isOwnImage(reference: string): boolean {
  const name = reference.split("@")[0]?.split("/").at(-1)?.split(":")[0] ?? "";
  return ownNames.has(name);
}
