import { systemPorts } from "../contract/systems.ts";
import { type AuditException, namesNoSecret } from "../foundation/audit.ts";
import type { SystemPod } from "../foundation/system-pod.ts";
import { textBeside } from "../foundation/text-beside.ts";
import {
  acceptedDirectory,
  awaitAccepted,
  configurationDirectory,
  dataDirectory,
  type ServerArgs,
  type VersitygwEngine,
} from "./engine.ts";

/** Where the server sends what it counts: the container beside it, which nothing outside the pod reaches. */
const statsdAddress = "127.0.0.1:9125";
/** No bucket can have this name. */
const healthPath = "/_/health";

/**
 * The pod of versitygw: user 1000, as in its publisher's chart; the image itself names none. Its settings are those of
 * https://github.com/versity/versitygw/blob/v1.8.0/extra/example.conf
 */
export function versitygwPod(engine: VersitygwEngine, { region, accepted }: ServerArgs): SystemPod {
  const awaiting = awaitAccepted(accepted);
  const answers = { httpGet: { path: healthPath, port: "s3" } };
  return {
    user: { uid: 1000, gid: 1000 },
    files: {
      directory: configurationDirectory,
      content: {
        ...awaiting.files,
        "start.sh": textBeside(import.meta.url, "start.sh"),
        "metrics.yaml": textBeside(import.meta.url, "metrics.yaml"),
      },
      exceptions: namesNoSecret("KSV-01010"),
    },
    secrets: [{ name: "accepted", directory: acceptedDirectory, ...accepted }],
    containers: [
      {
        name: "versitygw",
        image: engine.image,
        command: [...awaiting.command, "sh", `${configurationDirectory}/start.sh`],
        env: [
          ...awaiting.env,
          { name: "DATA", value: dataDirectory },
          { name: "VGW_PORT", value: `:${systemPorts.objectStorage.s3}` },
          { name: "VGW_REGION", value: region },
          { name: "VGW_HEALTH", value: healthPath },
          { name: "VGW_KEEP_ALIVE", value: "true" },
          { name: "VGW_QUIET", value: "true" },
          { name: "VGW_METRICS_SERVICE_NAME", value: "object-storage" },
          { name: "VGW_METRICS_STATSD_SERVERS", value: statsdAddress },
        ],
        resources: engine.resources,
        // As long as the key pair is waited for, and a little more.
        startupProbe: { ...answers, periodSeconds: 2, failureThreshold: 120 },
        readinessProbe: { ...answers, periodSeconds: 5, timeoutSeconds: 3 },
        // A server that is busy with a disk is alive while it takes connections; a restart would not help it.
        livenessProbe: {
          tcpSocket: { port: "s3" },
          periodSeconds: 10,
          timeoutSeconds: 5,
          failureThreshold: 6,
        },
      },
      {
        name: "statsd-exporter",
        image: engine.exporterImage,
        args: [
          `--statsd.mapping-config=${configurationDirectory}/metrics.yaml`,
          `--statsd.listen-udp=${statsdAddress}`,
          "--statsd.listen-tcp=",
          `--web.listen-address=:${systemPorts.objectStorage.metrics}`,
        ],
        ports: [{ name: "metrics", containerPort: systemPorts.objectStorage.metrics, protocol: "TCP" }],
        resources: engine.exporterResources,
        startupProbe: {
          httpGet: { path: "/-/healthy", port: "metrics" },
          periodSeconds: 2,
          failureThreshold: 30,
        },
        livenessProbe: {
          httpGet: { path: "/-/healthy", port: "metrics" },
          periodSeconds: 30,
          timeoutSeconds: 5,
        },
        volumes: ["configuration"],
      },
    ],
  };
}

/** Checks that its workload does not pass. */
export const versitygwExceptions: readonly AuditException[] = [
  {
    check: "CKV_K8S_9",
    reason:
      "The container without readiness exports metrics: were it asked, it could take the storage out of service",
  },
];
