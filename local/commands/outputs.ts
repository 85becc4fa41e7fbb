import { relative } from "node:path";
import type { Session } from "../session.ts";

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

/** The outputs as a table, and how to reach what they name. */
export function describeOutputs(
  outputs: Outputs,
  { session, stack }: { session: Session; stack: string },
): string {
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
  return `\n${[`Stack ${stack} is up:`, ...table, "", ...reach(outputs, session, stack), `End it:      ${down}`].join("\n")}\n`;
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

function reach(outputs: Outputs, { target, cluster }: Session, stack: string): string[] {
  const { namespace, credentialSecrets } = outputs;
  const kubectl = `kubectl --kubeconfig ${shortPath(cluster.kubeconfig)} --context ${cluster.context} -n ${namespace}`;
  const verify = `Verify:      npm run verify${stack === "dev" ? "" : ` -- --stack ${stack}`}`;
  const look = [
    `Look at it:  ${kubectl} get all`,
    `The API key: ${kubectl} get secret ${credentialSecrets.gateway} -o jsonpath='{.data.api-key}' | base64 -d`,
  ];
  if (target.kind === "context" || cluster.form === "kind")
    return [verify, ...look, "Reach one:", ...forwards(outputs).map((one) => `  ${kubectl} ${one}`)];
  if (cluster.form === "node") {
    return [
      "Gateway, TSN verifier, databases, object storage, Prometheus, Alertmanager and most exporters run in containers on node",
      "`machine`. Pods of what has no image here are played on the other nodes: they become ready, but nothing answers there.",
      "",
      verify,
      ...look,
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

/** Commands that make each endpoint answer on this machine, on a port of its own. */
function forwards(outputs: Outputs): string[] {
  const addresses = [
    new URL(outputs.gatewayUrl),
    ...Object.values(outputs.verificationUrls).map((url) => new URL(url)),
    new URL(`tcp://${outputs.databaseEndpoint}`),
    new URL(`tcp://${outputs.cacheEndpoint}`),
    ...systemUrls(outputs).map(([, url]) => new URL(url)),
  ];
  return addresses.map(({ hostname, port }, index) => {
    const service = hostname.split(".")[0];
    return `port-forward service/${service} ${18080 + index}:${port || 80}`;
  });
}

function shortPath(path: string): string {
  const short = relative(process.env.INIT_CWD ?? process.cwd(), path);
  return short.startsWith("..") ? path : short;
}
