import type { VolumeSize } from "../../foundation/resources.ts";
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

/** The volume of each pod; the operator tells by its name what it is for. */
export function claimOf(name: string, { size, storageClass }: VolumeSize) {
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name },
    spec: {
      accessModes: ["ReadWriteOnce"],
      ...(storageClass && { storageClassName: storageClass }),
      resources: { requests: { storage: size } },
    },
  } as const;
}

/** The version that a tag of an image begins with. @returns undefined where it has none, or a digest alone */
export function versionOf(image: string): string | undefined {
  return /:v?(\d+\.\d+\.\d+)[^:/]*$/.exec(image.replace(/@.*$/, ""))?.[1];
}
