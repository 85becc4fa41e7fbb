import { relative } from "node:path";
import type { Session } from "../session.ts";

/** The stack's outputs as index.ts exports them. */
interface Outputs {
  readonly namespace: string;
  readonly gatewayUrl: string;
  readonly verificationUrls: Readonly<Record<string, string>>;
  readonly databaseEndpoint: string;
  readonly cacheEndpoint: string;
  readonly credentialSecrets: Readonly<Record<string, string>>;
}

/** The outputs as a table, and how to reach what they name. */
export function describeOutputs(
  outputs: Outputs,
  { session, stack }: { session: Session; stack: string },
): string {
  const rows = [
    ["gateway", outputs.gatewayUrl],
    ...Object.entries(outputs.verificationUrls).map(([id, url]) => [`verifier ${id}`, url]),
    ["database", outputs.databaseEndpoint],
    ["cache", outputs.cacheEndpoint],
    ...Object.entries(outputs.credentialSecrets).map(([id, name]) => [
      `credentials of the ${id}`,
      `Secret ${name}`,
    ]),
    ["namespace", outputs.namespace],
  ];
  const width = Math.max(...rows.map(([title = ""]) => title.length));
  const table = rows.map(([title = "", value]) => `  ${title.padEnd(width)}  ${value}`);
  const down = stack === "dev" ? "npm run down" : `npm run down -- --stack ${stack}`;
  return `\n${[`Stack ${stack} is up:`, ...table, "", ...reach(outputs, session), `End it:      ${down}`].join("\n")}\n`;
}

function reach({ namespace, credentialSecrets }: Outputs, { target, cluster }: Session): string[] {
  const kubectl = `kubectl --kubeconfig ${shortPath(cluster.kubeconfig)} --context ${cluster.context} -n ${namespace}`;
  const look = [
    `Look at it:  ${kubectl} get all`,
    `A secret:    ${kubectl} get secret ${credentialSecrets.database} -o jsonpath='{.data.password}' | base64 -d`,
  ];
  if (target.kind === "context") {
    return [
      ...look,
      `The API:     ${kubectl} port-forward service/api-gateway 8080:80, then http://localhost:8080`,
    ];
  }
  return [
    "This cluster's API server, admission, scheduler, controllers and quotas are real, and so are the engine and the",
    "order in which it worked. Its pods are played: they become ready as real ones would, but run no containers, so",
    "nothing answers at these addresses. Deploy to a cluster of your own with --context NAME to have them answer.",
    "",
    ...look,
  ];
}

function shortPath(path: string): string {
  const short = relative(process.env.INIT_CWD ?? process.cwd(), path);
  return short.startsWith("..") ? path : short;
}
