import type { SystemContainer } from "../../foundation/system-pod.ts";

/**
 * Init containers that the operator adds to its pods, which Pod Security `restricted` would refuse as it makes them: what is said of one
 * here is taken over, and the operator adds the rest (`WithInitContainers` in its source). One that it would not add must not be named.
 */
export function internalContainers(names: readonly string[], image: string): SystemContainer[] {
  return names.map((name) => ({
    name,
    image,
    resources: {
      requests: { cpu: "100m", memory: "512Mi" },
      limits: { cpu: "1", memory: "1Gi" },
    },
    volumes: [],
  }));
}

/** The version that a tag of an image begins with. @returns undefined where it has none, or a digest alone */
export function versionOf(image: string): string | undefined {
  return /:v?(\d+\.\d+\.\d+)[^:/]*$/.exec(image.replace(/@.*$/, ""))?.[1];
}
