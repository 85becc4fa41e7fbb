import type { IKibana } from "@kubernetes-models/elastic-cloud/kibana.k8s.elastic.co/v1/Kibana";
import type * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { systemNames } from "../../../contract/systems.ts";
import { customResource, type DeepInput } from "../../../foundation/custom-resource.ts";
import { metadataOf } from "../../../foundation/metadata.ts";
import type { SystemArgs } from "../../../foundation/system.ts";
import { textBeside } from "../../../foundation/text-beside.ts";
import type { OperatorForm } from "../elasticsearch/forms.ts";
import { internalContainers } from "../operator.ts";
import type { KibanaArgs } from "./index.ts";
import { heapOption, probes } from "./program.ts";

const workload = systemNames.kibana;
const authorityDirectory = "/run/secrets/certificate";

interface OperatedArgs extends KibanaArgs {
  readonly operator: Pick<OperatorForm, "version">;
  readonly replicas: number;
}

/** The Secret with entries of the keystore, which all are settings. */
interface KeystoreSecret {
  readonly secret: pulumi.Output<string>;
  readonly revision: pulumi.Output<string>;
  readonly entries: readonly string[];
}

/** Kibana as a resource of Elastic's operator. It has the login that Kibana has in every form, and no association of the operator's. */
export function operatedKibana(
  args: OperatedArgs,
  keystore: KeystoreSecret,
): Pick<SystemArgs, "pod" | "operated"> {
  const { platform, operator, image, resources, replicas, certificate, elasticsearch, login } = args;
  return {
    pod: {
      user: { uid: 1000, gid: 1000 },
      initContainers: internalContainers(["elastic-internal-init-keystore"], image),
      containers: [{ name: workload, image, resources, env: [heapOption(resources)], ...probes }],
      secrets: [
        // The operator rolls the pods when certificate or keystore change.
        { name: "authority", directory: authorityDirectory, secret: certificate.secret, entries: ["ca.crt"] },
      ],
      scratch: [{ name: "tmp", directory: "/tmp", size: "128Mi" }],
      terminationGracePeriodSeconds: 60,
    },
    operated: {
      budget: "platform",
      resource: (name, template, parent) =>
        customResource<IKibana>(
          name,
          {
            apiVersion: "kibana.k8s.elastic.co/v1",
            kind: "Kibana",
            metadata: metadataOf({
              name: workload,
              namespace: platform.namespace,
              workload,
              component: "logging",
            }),
            spec: {
              version: operator.version,
              image,
              count: replicas,
              config: {
                ...settings,
                "elasticsearch.hosts": [elasticsearch.url],
                "elasticsearch.username": login.username,
              },
              http: { tls: { certificate: { secretName: certificate.secret } } },
              secureSettings: [
                {
                  secretName: keystore.secret,
                  entries: keystore.entries.map((entry) => ({ key: entry, path: entry })),
                },
              ],
              podTemplate: template as DeepInput<NonNullable<IKibana["spec"]>["podTemplate"]>,
            },
            awaits: ["jsonpath={.status.health}=green"],
          },
          { parent, customTimeouts: { create: "30m", update: "30m" } },
        ),
    },
  };
}

/** Those of the file that the operator does not set itself: addresses, TLS of the server, paths. */
const settings = Object.fromEntries(
  Object.entries(parse(textBeside(import.meta.url, "kibana.yml")) as Record<string, unknown>).filter(
    ([key]) => !/^(server\.|path\.)/.test(key),
  ),
);
