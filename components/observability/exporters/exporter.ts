import type { Platform } from "../../foundation/index.ts";
import type { ContainerResources } from "../../foundation/resources.ts";
import type { SecretRevision } from "../../foundation/secret-revision.ts";
import type { SystemArgs } from "../../foundation/system.ts";
import type { SystemContainer } from "../../foundation/system-pod.ts";

export interface ExporterArgs {
  /** What it stands on. */
  readonly platform: Platform;
  /** Complete image reference. */
  readonly image: string;
  /** CPU and memory of its pod. */
  readonly resources: ContainerResources;
  /** Its login, once the server accepts it. */
  readonly login: SecretRevision;
}

/** What differs from exporter to exporter. */
interface Exporter {
  readonly workload: string;
  readonly ports: { readonly metrics: number };
  /** Of its image; see docs/images.md. */
  readonly user: { readonly uid: number; readonly gid: number };
  /** Path that answers without asking the server. */
  readonly healthPath: string;
  /** Entries of the login's Secret that it reads, as files of `loginDirectory`. */
  readonly entries: readonly string[];
  readonly command?: string[];
  readonly args?: string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Where the login is mounted. */
export const loginDirectory = "/run/secrets/login";

/** An exporter as a system of the platform. */
export function exporterSystem(given: ExporterArgs, exporter: Exporter): SystemArgs {
  const { workload, ports, user, healthPath, entries, command, args, env = {} } = exporter;
  return {
    platform: given.platform,
    workload,
    component: "metrics",
    replicas: 1,
    ports,
    pod: {
      user,
      containers: [
        {
          name: workload,
          image: given.image,
          ...(command && { command }),
          ...(args && { args }),
          env: Object.entries(env).map(([name, value]) => ({ name, value })),
          resources: given.resources,
          ...probes(healthPath),
        },
      ],
      secrets: [{ name: "login", directory: loginDirectory, entries, ...given.login }],
    },
  };
}

/** Alive: the process answers at all. Ready: it can say its metrics, of which one is that the server is down. */
function probes(healthPath: string) {
  const health = { httpGet: { path: healthPath, port: "metrics" }, timeoutSeconds: 3 };
  return {
    startupProbe: { ...health, periodSeconds: 2, failureThreshold: 30 },
    // A scrape each time: seldom, and with as much time as a scrape has.
    readinessProbe: { httpGet: { path: "/metrics", port: "metrics" }, periodSeconds: 30, timeoutSeconds: 10 },
    livenessProbe: { ...health, periodSeconds: 10, failureThreshold: 3 },
  } satisfies Partial<SystemContainer>;
}
