import type * as pulumi from "@pulumi/pulumi";
import { namesNoSecret } from "../../foundation/audit.ts";
import type { ContainerResources } from "../../foundation/resources.ts";
import type { SystemPod } from "../../foundation/system-pod.ts";
import type { ElasticsearchLogin } from "../logging/elasticsearch/login.ts";
import { directories } from "./directories.ts";

export interface GrafanaPodArgs {
  /** Complete image reference of Grafana 13.2 or newer, with the plugins that come with it. */
  readonly image: string;
  /** CPU and memory. */
  readonly resources: ContainerResources;
  /** How it reaches Elasticsearch. */
  readonly elasticsearch: ElasticsearchLogin;
  /** Files of the configuration by name. */
  readonly files: Readonly<Record<string, string>>;
  /** The Secret that it checks people against, and its revision. */
  readonly accepted: { readonly secret: pulumi.Input<string>; readonly revision: pulumi.Input<string> };
}

/** The pod of the official image: user 472. Its entry point is not used. */
export function grafanaPod({ image, resources, elasticsearch, files, accepted }: GrafanaPodArgs): SystemPod {
  const { configuration } = directories;
  const settings = `${configuration}/grafana.ini`;
  return {
    user: { uid: 472, gid: 472 },
    initContainers: [
      {
        name: "prepare",
        image,
        command: ["sh", `${configuration}/prepare.sh`, settings, `${directories.accepted}/admin-password`],
        env: paths,
        resources,
        volumes: ["data", "configuration", "accepted", "tmp"],
      },
    ],
    containers: [
      {
        name: "grafana",
        image,
        command: ["grafana", "server"],
        args: ["--homepath=/usr/share/grafana", `--config=${settings}`],
        env: paths,
        resources,
        // Migrations of its database come first.
        startupProbe: { ...alive, periodSeconds: 2, failureThreshold: 150 },
        readinessProbe: {
          httpGet: { path: "/api/health", port: "http-metrics" },
          periodSeconds: 5,
          timeoutSeconds: 3,
        },
        livenessProbe: { ...alive, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
      },
    ],
    files: { directory: configuration, content: files, exceptions: namesNoSecret("KSV-01010", "KSV-0109") },
    secrets: [
      { name: "accepted", ...accepted, directory: directories.accepted },
      {
        name: "elasticsearch",
        secret: elasticsearch.secret,
        directory: directories.elasticsearch,
        entries: ["url", "username", "password", "ca.crt"],
        revision: elasticsearch.revision,
      },
    ],
    // Sockets of the processes that its plugins are.
    scratch: [{ name: "tmp", directory: "/tmp", size: "64Mi" }],
  };
}

/** Answers while the process does; /api/health asks its database too. */
const alive = { httpGet: { path: "/healthz", port: "http-metrics" } };

/** The image sets these in its environment, which goes before the configuration. */
const paths = [
  { name: "GF_PATHS_PROVISIONING", value: `${directories.configuration}/provisioning` },
  { name: "GF_PATHS_DATA", value: directories.data },
  { name: "GF_PATHS_LOGS", value: `${directories.data}/log` },
  { name: "GF_PATHS_PLUGINS", value: `${directories.data}/plugins` },
];
