import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { terminalReport } from "../../local/report.ts";
import { allTools } from "../../local/session.ts";
import type { Checkout } from "./checkout.ts";

export interface KubernetesObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly generation?: number;
    readonly uid: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec?: {
    readonly replicas?: number;
    readonly nodeName?: string;
    readonly containers?: readonly {
      readonly resources?: { readonly requests?: { readonly cpu: string } };
    }[];
  };
  readonly status?: {
    readonly availableReplicas?: number;
    readonly readyReplicas?: number;
    readonly phase?: string;
    readonly health?: string;
  };
  readonly data?: Readonly<Record<string, string>>;
}

/** The kubectl of the local tools. */
export const kubectlPath = (await allTools(terminalReport())).kubectl.path;

/** What the API server of a stack's local cluster has. */
export function objects(checkout: Checkout, kinds: string, stack = "dev"): KubernetesObject[] {
  const kubeconfig = join(checkout.directory, ".local", stack, "cluster", "kubeconfig");
  const argv = ["--kubeconfig", kubeconfig, "get", kinds, "--all-namespaces", "--output=json"];
  const list = JSON.parse(execFileSync(kubectlPath, argv, { encoding: "utf8", maxBuffer: 2 ** 26 })) as {
    items: KubernetesObject[];
  };
  return list.items;
}

/** Objects of the platform by `KIND/NAME`. */
export function platformObjects(
  checkout: Checkout,
  kinds: string,
  stack = "dev",
): Map<string, KubernetesObject> {
  return new Map(
    objects(checkout, kinds, stack)
      .filter(({ metadata }) => metadata.namespace === "iot-verification")
      .map((object) => [`${object.kind}/${object.metadata.name}`, object]),
  );
}

/** Decoded values of a Secret. */
export function secretValues(checkout: Checkout, name: string): Record<string, string> {
  const secret = platformObjects(checkout, "secrets").get(`Secret/${name}`);
  if (!secret) throw new Error(`there is no Secret ${name}`);
  return Object.fromEntries(
    Object.entries(secret.data ?? {}).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]),
  );
}
