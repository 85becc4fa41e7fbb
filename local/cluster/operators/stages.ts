import type { DelayTable } from "../delays.ts";
import type { Stage } from "../stages.ts";
import type { Definition } from "./definitions.ts";
import { sources } from "./sources.ts";

/** What an operator says of a resource once all is as its spec asks. */
interface Played {
  /** `GROUP/VERSION` of the kind. */
  readonly apiGroup: string;
  readonly kind: string;
  /** YAML of the status, as a template of kwok; its generation is told besides. */
  readonly status: string;
}

const isTrue = (type: string) => `- { type: ${type}, status: "True", lastTransitionTime: {{ Now | Quote }} }`;
const health = "health: green\nversion: {{ .spec.version }}";

/**
 * Written by hand from what the operators' own code sets.
 * https://github.com/elastic/cloud-on-k8s/blob/v3.5.0/pkg/apis/elasticsearch/v1/status.go
 */
const played: readonly Played[] = [
  {
    apiGroup: "elasticsearch.k8s.elastic.co/v1",
    kind: "Elasticsearch",
    status: [
      health,
      "phase: Ready",
      "conditions:",
      ...["ElasticsearchIsReachable", "ReconciliationComplete", "RunningDesiredVersion"].map(isTrue),
    ].join("\n"),
  },
  { apiGroup: "kibana.k8s.elastic.co/v1", kind: "Kibana", status: health },
  {
    apiGroup: "logstash.k8s.elastic.co/v1alpha1",
    kind: "Logstash",
    status: `${health}\nselector: logstash.k8s.elastic.co/name={{ .metadata.name }}`,
  },
  { apiGroup: "beat.k8s.elastic.co/v1beta1", kind: "Beat", status: health },
  // https://github.com/prometheus-operator/prometheus-operator/blob/v0.93.1/pkg/apis/monitoring/v1/types.go
  ...["Prometheus", "Alertmanager"].map((kind) => ({
    apiGroup: "monitoring.coreos.com/v1",
    kind,
    status: [
      "paused: false",
      "replicas: {{ .spec.replicas }}",
      "updatedReplicas: {{ .spec.replicas }}",
      "availableReplicas: {{ .spec.replicas }}",
      "unavailableReplicas: 0",
      "conditions:",
      ...["Available", "Reconciled"].map(isTrue),
    ].join("\n"),
  })),
];

/** Kinds that say nothing which anybody waits for. */
const silent = new Set([
  ...Object.values(sources).flatMap(({ kinds = [], isSilent }) => (isSilent ? kinds : [])),
  "PrometheusRule",
  "ScrapeConfig",
]);

/** A stage for each of these kinds: some time after every change of its spec, a resource is told to be as it asks. */
export function operatorStages(args: {
  readonly definitions: readonly Definition[];
  readonly delays: DelayTable["operators"];
  /** Multiplies every delay. */
  readonly scale: number;
}): Stage[] {
  return args.definitions.flatMap(({ metadata, spec }) => {
    const { kind } = spec.names;
    if (silent.has(kind)) return [];
    const found = played.find((one) => one.kind === kind && one.apiGroup.startsWith(`${spec.group}/`));
    const delay = args.delays.find((one) => one.kind === kind);
    if (!found || !delay) throw new Error(`nothing plays the operator of ${metadata.name}`);
    return [
      {
        apiVersion: "kwok.x-k8s.io/v1alpha1",
        kind: "Stage",
        metadata: { name: metadata.name },
        spec: {
          resourceRef: { apiGroup: found.apiGroup, kind },
          selector: {
            matchExpressions: [
              { jq: { key: ".metadata.deletionTimestamp", operator: "DoesNotExist" } },
              {
                jq: {
                  key: "(.status.observedGeneration // 0) == .metadata.generation | tostring",
                  operator: "In",
                  values: ["false"],
                },
              },
            ],
          },
          delay: { durationMilliseconds: Math.round(delay.seconds * args.scale * 1000) },
          steps: [
            {
              patch: {
                subresource: "status",
                root: "status",
                type: "merge",
                template: `observedGeneration: {{ .metadata.generation }}\n${found.status}`,
              },
            },
          ],
        },
      },
    ];
  });
}
