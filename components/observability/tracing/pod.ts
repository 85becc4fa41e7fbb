import { namesNoSecret } from "../../foundation/audit.ts";
import { bytesOf } from "../../foundation/quantity.ts";
import type { ContainerResources } from "../../foundation/resources.ts";
import type { SecretRevision } from "../../foundation/secret-revision.ts";
import type { SecretFiles, SystemContainer, SystemPod } from "../../foundation/system-pod.ts";
import type { ElasticsearchLogin } from "../logging/elasticsearch/login.ts";
import { lifecyclePolicies } from "../logging/names.ts";
import { configurationDirectory, configurationFiles, loginDirectory, type Role } from "./configuration.ts";

export interface JaegerPodArgs {
  /**
   * Complete image reference of Jaeger 2.20. The next one lacks `/api/services` and `/api/traces`, which Grafana's plugin asks:
   * https://github.com/jaegertracing/jaeger/pull/9260
   */
  readonly image: string;
  /** Complete image reference of the tool of the same version that prepares its indices. */
  readonly rolloverImage: string;
  /** Complete image reference of Elasticsearch, which has curl. */
  readonly elasticsearchImage: string;
  /** CPU and memory. */
  readonly resources: ContainerResources;
  /** How it reaches Elasticsearch. */
  readonly elasticsearch: ElasticsearchLogin;
  /** Copies of each shard of its indices beside the first. @default 0 */
  readonly copies?: number;
}

/** The user that its publisher gives the image. */
export const user = { uid: 10001, gid: 10001 } as const;

/** The steps that prepare its indices, one after the other. */
export function indexSteps(
  args: Pick<JaegerPodArgs, "rolloverImage" | "elasticsearchImage" | "resources">,
): [SystemContainer, SystemContainer] {
  const { rolloverImage, elasticsearchImage, resources } = args;
  return [
    {
      name: "prepare-indices",
      image: rolloverImage,
      command: [
        "sh",
        `${configurationDirectory}/prepare-indices.sh`,
        loginDirectory,
        lifecyclePolicies.traces,
      ],
      resources,
    },
    {
      name: "drop-stray-indices",
      image: elasticsearchImage,
      command: ["bash", `${configurationDirectory}/drop-stray-indices.sh`, loginDirectory],
      resources,
    },
  ];
}

/** How its login to Elasticsearch is mounted. */
export function loginFiles({ secret, revision }: SecretRevision): SecretFiles {
  const entries = ["username", "password", "url", "ca.crt"];
  return { name: "elasticsearch", secret, directory: loginDirectory, entries, revision };
}

/** The pod of the official image, which keeps nothing in its file system; all in one, it prepares the indices first. */
export function jaegerPod(args: JaegerPodArgs, role: Role = "all-in-one"): SystemPod {
  const { image, resources, elasticsearch, copies } = args;
  const ready =
    role === "collector" ? { tcpSocket: { port: "otlp-http" } } : { httpGet: { path: "/", port: "query" } };
  return {
    user,
    ...(role === "all-in-one" && { initContainers: indexSteps(args) }),
    containers: [
      {
        name: "jaeger",
        image,
        args: ["--config", `${configurationDirectory}/jaeger.yaml`],
        // Collects garbage in earnest before the kernel would end it: https://pkg.go.dev/runtime#hdr-Environment_Variables
        env: [{ name: "GOMEMLIMIT", value: `${Math.floor(0.9 * (bytesOf(resources.limits.memory) ?? 0))}B` }],
        resources,
        // It has asked Elasticsearch for its version before it listens.
        startupProbe: { ...health, periodSeconds: 2, failureThreshold: 90 },
        readinessProbe: { ...ready, periodSeconds: 5, timeoutSeconds: 3 },
        livenessProbe: { ...health, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
      },
    ],
    files: {
      directory: configurationDirectory,
      content: configurationFiles(role, { copies }),
      ...(role === "all-in-one" && { exceptions: namesNoSecret("KSV-01010") }),
    },
    secrets: [loginFiles(elasticsearch)],
  };
}

/** Whether its parts run; it says so while Elasticsearch is away, when a restart would not help. */
const health = { httpGet: { path: "/status", port: "health" } };
