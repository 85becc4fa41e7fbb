import { serviceNames } from "../contract/runtime.ts";
import { systemNames } from "../contract/systems.ts";
import { type Endpoint, isOutside, outsideParties, portOf, verifiers } from "./endpoints.ts";
import { type Flow, flowsOf } from "./graph.ts";

/** What stands together in the picture; whatever is in no group is outside the platform. */
const groups: readonly { readonly title: string; readonly members: readonly string[] }[] = [
  { title: "services", members: [serviceNames.gateway, "verifiers", serviceNames.migrations] },
  {
    title: "data",
    members: [
      serviceNames.database,
      serviceNames.redis,
      systemNames.objectStorage,
      systemNames.buckets,
      systemNames.backup,
      systemNames.restore,
    ],
  },
  {
    title: "metrics",
    members: [
      systemNames.prometheus,
      systemNames.alertmanager,
      systemNames.probes,
      systemNames.stateMetrics,
      systemNames.metricsServer,
      systemNames.databaseExporter,
      systemNames.cacheExporter,
      systemNames.elasticsearchExporter,
    ],
  },
  {
    title: "logs and traces",
    members: [
      systemNames.filebeat,
      systemNames.logstash,
      systemNames.elasticsearch,
      systemNames.elasticsearchSetup,
      systemNames.kibana,
      systemNames.jaeger,
      systemNames.jaegerCollector,
      systemNames.jaegerQuery,
      systemNames.jaegerIndices,
      systemNames.grafana,
    ],
  },
];

/** Every flow that any deployment permits. */
function allFlows(): Flow[] {
  const everything = { metricsServer: true, alertReceivers: true } as const;
  const shapes = [
    {
      ...everything,
      objectStorage: "versitygw",
      traces: "jaeger",
      jaeger: "all-in-one",
      logs: "embedded",
      metrics: "embedded",
    },
    {
      ...everything,
      objectStorage: "external",
      traces: "jaeger",
      jaeger: "distributed",
      logs: "operator",
      metrics: "operator",
    },
    {
      ...everything,
      objectStorage: "versitygw",
      traces: "external",
      jaeger: "distributed",
      logs: "operator",
      metrics: "operator",
    },
    {
      ...everything,
      objectStorage: "external",
      traces: "external",
      jaeger: "distributed",
      logs: "external",
      metrics: "embedded",
    },
  ] as const;
  const flows = new Map(shapes.flatMap(flowsOf).map((flow) => [JSON.stringify(flow), flow]));
  return [...flows.values()];
}

/** Flows alike but for who opens the connection. */
interface Bundle extends Flow {
  readonly sources: readonly string[];
}

/** The verifiers are one in all that concerns the network. */
function shown(endpoint: Endpoint): string {
  if (isOutside(endpoint)) return outsideParties[endpoint].title;
  return verifiers.includes(endpoint) ? "verifiers" : endpoint;
}

function bundles(flows: readonly Flow[]): Bundle[] {
  const alike = Map.groupBy(flows, ({ to, port, why }) => JSON.stringify([shown(to), port, why]));
  return [...alike.values()].flatMap(([first, ...others]) => {
    if (!first) return [];
    return [{ ...first, sources: distinct([first, ...others].map(({ from }) => shown(from))) }];
  });
}

/** The graph as a flowchart of Mermaid, without scrapes and DNS, which have an arrow from or to almost everything. */
export function diagram(): string {
  const drawn = bundles(allFlows().filter((flow) => flow.to !== "dns" && !isScrape(flow)));
  const arrows = new Set(
    drawn.map(({ sources, to, port }) => `${sources.map(idOf).join(" & ")} -->|${port}| ${idOf(shown(to))}`),
  );
  const nodes = distinct(drawn.flatMap(({ sources, to }) => [...sources, shown(to)]));
  const outside = nodes.filter((node) => !groups.some(({ members }) => members.includes(node)));
  return [
    "```mermaid",
    "flowchart LR",
    ...groups.flatMap(({ title, members }) => [
      `  subgraph ${idOf(title)}["${title}"]`,
      ...members.map((member) => `    ${node(member)}`),
      "  end",
    ]),
    ...outside.map((party) => `  ${idOf(party)}(["${party}"])`),
    ...[...arrows].map((arrow) => `  ${arrow}`),
    "```",
  ].join("\n");
}

/** The graph as a table, whole. */
export function flowTable(): string {
  const rows = bundles(allFlows()).map(({ sources, why, to, port }) => {
    const number = isOutside(to) ? "configured" : `${port} ${portOf(to, port)}`;
    return `| ${sources.join(", ")} | ${why} | ${shown(to)} | ${number} |`;
  });
  return ["| who | what for | whom | port |", "|---|---|---|---|", ...rows].join("\n");
}

const isScrape = ({ to, why }: Flow) => why === "scrapes" && !isOutside(to);
const node = (name: string) => `${idOf(name)}["${name}"]`;
const idOf = (name: string) => name.replaceAll(/[^A-Za-z]/g, "_");
const distinct = <T>(items: readonly T[]) => [...new Set(items)];
