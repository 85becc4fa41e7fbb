import { dirname } from "node:path";
import type { UnreadyResource } from "../engine/index.ts";
import type { Session } from "../session.ts";
import type { Tool } from "../toolchain/index.ts";

/** The stack's outputs as index.ts exports them. */
export interface Outputs {
  readonly namespace: string;
  readonly gatewayUrl: string;
  readonly verificationUrls: Readonly<Record<string, string>>;
  readonly databaseEndpoint: string;
  readonly cacheEndpoint: string;
  readonly objectStorage: { readonly endpoint: string; readonly bucket: string };
  readonly prometheusUrl: string;
  readonly alertmanagerUrl: string;
  readonly grafanaUrl: string;
  readonly jaegerUrl: string;
  readonly elasticsearchUrl: string;
  readonly kibanaUrl: string;
  readonly credentialSecrets: Readonly<Record<string, string>>;
}

/** A stack that has been deployed. */
export interface Deployed {
  readonly stack: string;
  readonly session: Pick<Session, "target" | "cluster">;
  readonly kubectl: Pick<Tool, "path" | "origin">;
  /** Workloads with pods on the real node, from `realWorkloads`. @default none: there is no such node */
  readonly real?: readonly string[];
}

/** The outputs as a table, and how to reach what they name. */
export function describeOutputs(outputs: Outputs, deployed: Deployed): string {
  const { stack, session } = deployed;
  const { gateway } = session.cluster;
  const rows = [
    ...(gateway ? [["gateway, from here", gateway]] : []),
    ["gateway", outputs.gatewayUrl],
    ...Object.entries(outputs.verificationUrls).map(([id, url]) => [`verifier ${id}`, url]),
    ["database", outputs.databaseEndpoint],
    ["cache", outputs.cacheEndpoint],
    ["object storage", `${outputs.objectStorage.endpoint} (bucket ${outputs.objectStorage.bucket})`],
    ...systemUrls(outputs),
    ...Object.entries(outputs.credentialSecrets).map(([id, name]) => [`${id} credentials`, `Secret ${name}`]),
    ["namespace", outputs.namespace],
  ];
  const width = Math.max(...rows.map(([title = ""]) => title.length));
  const table = rows.map(([title = "", value]) => `  ${title.padEnd(width)}  ${value}`);
  const down = stack === "dev" ? "npm run down" : `npm run down -- --stack ${stack}`;
  return `\n${[`Stack ${stack} is up:`, ...table, "", ...reach(outputs, deployed), `End it:      ${down}`].join("\n")}\n`;
}

/** The systems that people open in a browser or ask by hand, and where. */
function systemUrls(outputs: Outputs): [string, string][] {
  return [
    ["Prometheus", outputs.prometheusUrl],
    ["Alertmanager", outputs.alertmanagerUrl],
    ["Grafana", outputs.grafanaUrl],
    ["Jaeger", outputs.jaegerUrl],
    ["Elasticsearch", outputs.elasticsearchUrl],
    ["Kibana", outputs.kibanaUrl],
  ];
}

function reach(outputs: Outputs, deployed: Deployed): string[] {
  const { stack, session, real = [] } = deployed;
  const { target, cluster } = session;
  const { namespace, credentialSecrets } = outputs;
  const kubectl = `  kubectl --context ${cluster.context} -n ${namespace}`;
  const verify = `Verify:      npm run verify${stack === "dev" ? "" : ` -- --stack ${stack}`}`;
  const look = [
    "Look at it:",
    `  ${environment(deployed)}`,
    `${kubectl} get all`,
    `${kubectl} get secret ${credentialSecrets.gateway} -o jsonpath='{.data.api-key}' | base64 -d  # the API key`,
  ];
  const forwards = (services: readonly Service[]) =>
    services.map((service, index) => `${kubectl} ${forward(service, index)}`);
  const services = servicesOf(outputs);
  if (target.kind === "context" || cluster.form === "kind") return [verify, ...look, ...forwards(services)];
  if (cluster.form === "node") {
    return [
      `In containers on node \`machine\`: ${real.join(", ")}.`,
      "What has no image here is played on the other nodes: its pods become ready, but nothing answers there.",
      "",
      verify,
      ...look,
      ...forwards(services.filter(({ name }) => real.includes(name))),
    ];
  }
  return [
    "This cluster's API server, admission, scheduler, controllers and quotas are real, and so are the engine and the",
    "order in which it worked. Its pods are played: they become ready as real ones would, but run no containers, so",
    "nothing answers at these addresses. docs/local.md says what another form of it takes.",
    "",
    ...look,
  ];
}

/** Lets a shell find the cluster, and the program where it is not on PATH. */
function environment({ session, kubectl }: Deployed): string {
  const path = kubectl.origin === "path" ? [] : [`PATH=${quoted(dirname(kubectl.path))}:$PATH`];
  return ["export", `KUBECONFIG=${quoted(session.cluster.kubeconfig)}`, ...path].join(" ");
}

function quoted(word: string): string {
  return /^[\w./:@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

interface Service {
  readonly name: string;
  readonly port: number;
}

/** The Services behind the endpoints, which have the names of their workloads; one that is outside the cluster has none. */
function servicesOf(outputs: Outputs): Service[] {
  const urls = [
    outputs.gatewayUrl,
    ...Object.values(outputs.verificationUrls),
    `tcp://${outputs.databaseEndpoint}`,
    `tcp://${outputs.cacheEndpoint}`,
    outputs.objectStorage.endpoint,
    ...systemUrls(outputs).map(([, url]) => url),
  ].map((url) => new URL(url));
  return urls.flatMap(({ hostname, port }) => {
    const [name = "", namespace, kind] = hostname.split(".");
    const inside = namespace === outputs.namespace && kind === "svc";
    return inside ? [{ name, port: Number(port) || 80 }] : [];
  });
}

/** Makes a Service answer on this machine, on a port of its own. */
function forward({ name, port }: Service, index: number): string {
  return `port-forward service/${name} ${18080 + index}:${port}`;
}

/** The outputs of stack `cluster`. */
export interface ClusterOutputs {
  /** Version of each operator, by its name. */
  readonly operators: Readonly<Record<string, string>>;
}

/** What platform stacks find on the cluster now. */
export function describeOperators({ operators }: ClusterOutputs): string {
  const width = Math.max(...Object.keys(operators).map((name) => name.length));
  const lines = Object.entries(operators).map(([name, version]) => `  ${name.padEnd(width)}  ${version}`);
  return ["Operators of the cluster:", ...lines, ""].join("\n");
}

/** What was awaited of operators in vain, and where to look. */
export function describeUnready(resources: readonly UnreadyResource[]): string {
  return resources
    .map(({ kind, name, awaited }) => {
      const [place, own] = name.includes("/") ? name.split("/") : [undefined, name];
      const where = place ? ` --namespace ${place}` : "";
      return (
        `${kind} ${name} did not become what is awaited of it: ${awaited.join(", ")}.\n` +
        `Its operator says why: kubectl${where} describe ${kind.toLowerCase()} ${own}\n`
      );
    })
    .join("");
}
