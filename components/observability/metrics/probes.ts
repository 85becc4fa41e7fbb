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
  /** Certificate of the authority that signs the systems' certificates: an entry of a Secret. */
  readonly authority: CertificateAuthority;
}

/** The certificate of an authority, as PEM, in an entry of a Secret. */
export interface CertificateAuthority {
  readonly secret: pulumi.Input<string>;
  readonly entry: string;
  /** Changes exactly when the certificate does. @default it is read as it changes */
  readonly revision?: pulumi.Input<string>;
}

const configurationDirectory = "/etc/blackbox_exporter";
const authorityDirectory = `${credentialsDirectory}/authority`;
const port = "http-metrics";

/** The blackbox exporter: asks systems as their users do, and looks at their certificates. */
export function createProbes(name: string, args: ProbesArgs, parent: pulumi.Resource): System {
  const { platform, image, resources, authority } = args;
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
          content: { "blackbox.yml": probesConfiguration(authority.entry) },
        },
        secrets: [
          {
            name: "authority",
            secret: authority.secret,
            directory: authorityDirectory,
            entries: [authority.entry],
            ...(authority.revision !== undefined && { revision: authority.revision }),
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
export function probesConfiguration(entry: string): string {
  const timeout = "5s";
  const modules: Record<ProbeModule, unknown> = {
    http: { prober: "http", timeout, http: { valid_status_codes: [200], follow_redirects: false } },
    tcp: { prober: "tcp", timeout },
    tls: {
      prober: "tcp",
      timeout,
      tcp: { tls: true, tls_config: { ca_file: `${authorityDirectory}/${entry}` } },
    },
  };
  return `${JSON.stringify({ modules }, null, 2)}\n`;
}
