import type * as pulumi from "@pulumi/pulumi";
import { credentialsDirectory } from "../../contract/runtime.ts";
import { systemNames, systemPorts } from "../../contract/systems.ts";
import type { Platform } from "../../foundation/index.ts";
import type { ContainerResources } from "../../foundation/resources.ts";
import { System } from "../../foundation/system.ts";
import { nobody } from "./images.ts";
import type { ProbeModule } from "./probed.ts";

export interface ProbesArgs {
  /** What it stands on. */
  readonly platform: Platform;
  /** Complete image reference. */
  readonly image: string;
  readonly resources: ContainerResources;
  /** Who it is to systems that ask: a client's certificate, of the authority that signed theirs. */
  readonly certificate: {
    /** Name of the Secret: entries `tls.crt`, `tls.key` and `ca.crt`, all in PEM. */
    readonly secret: pulumi.Input<string>;
  };
}

const configurationDirectory = "/etc/blackbox_exporter";
const certificateDirectory = `${credentialsDirectory}/certificate`;
const port = "http-metrics";

/** The blackbox exporter: asks systems as their users do, and looks at their certificates. */
export function createProbes(name: string, args: ProbesArgs, parent: pulumi.Resource): System {
  const { platform, image, resources, certificate } = args;
  const probe = { httpGet: { path: "/-/healthy", port }, timeoutSeconds: 3 };
  return new System(
    name,
    {
      platform,
      workload: systemNames.probes,
      component: "metrics",
      replicas: 1,
      ports: systemPorts.probes,
      pod: {
        user: nobody,
        containers: [
          {
            name: systemNames.probes,
            image,
            resources,
            args: [`--config.file=${configurationDirectory}/blackbox.yml`, "--log.format=json"],
            startupProbe: { ...probe, periodSeconds: 2, failureThreshold: 30 },
            readinessProbe: { ...probe, periodSeconds: 5 },
            livenessProbe: { tcpSocket: { port }, periodSeconds: 10, timeoutSeconds: 3 },
          },
        ],
        files: {
          directory: configurationDirectory,
          content: { "blackbox.yml": probesConfiguration() },
        },
        // Read anew at every probe: a renewed one needs no new pod.
        secrets: [
          {
            name: "certificate",
            secret: certificate.secret,
            directory: certificateDirectory,
            entries: ["tls.crt", "tls.key", "ca.crt"],
          },
        ],
      },
    },
    { parent },
  );
}

/**
 * Content of blackbox.yml, as JSON, which is YAML too.
 * https://github.com/prometheus/blackbox_exporter/blob/master/CONFIGURATION.md
 */
export function probesConfiguration(): string {
  const timeout = "5s";
  const modules: Record<ProbeModule, unknown> = {
    http: { prober: "http", timeout, http: { valid_status_codes: [200], follow_redirects: false } },
    tcp: { prober: "tcp", timeout },
    tls: {
      prober: "tcp",
      timeout,
      tcp: {
        tls: true,
        tls_config: {
          ca_file: `${certificateDirectory}/ca.crt`,
          // Shown to those only that ask for one, as Logstash does.
          cert_file: `${certificateDirectory}/tls.crt`,
          key_file: `${certificateDirectory}/tls.key`,
        },
      },
    },
  };
  return `${JSON.stringify({ modules }, null, 2)}\n`;
}
