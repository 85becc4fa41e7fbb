import { type OperatorId, operators } from "../../../components/contract/operators.ts";

/** Where the definitions of an operator's kinds are: files of a Go module, which its project publishes. */
export interface Source {
  readonly module: string;
  readonly version: string;
  /** Paths in the module. */
  readonly files: readonly string[];
  /** Of the definitions there, those of these kinds. @default all */
  readonly kinds?: readonly string[];
  /** The operator says nothing of its resources that anybody waits for. @default something */
  readonly isSilent?: boolean;
}

const resources = (kinds: readonly string[]) => kinds.map((kind) => `config/crds/v1/resources/${kind}.yaml`);

/** Of the operators whose kinds platform stacks make resources of. */
export const sources: Readonly<Partial<Record<OperatorId, Source>>> = {
  istio: {
    module: "istio.io/api",
    // The kinds of a minor version are the same; the module of its last patch is not served everywhere.
    version: "v1.30.3",
    files: ["kubernetes/customresourcedefinitions.gen.yaml"],
    kinds: ["AuthorizationPolicy", "PeerAuthentication"],
    isSilent: true,
  },
  "prometheus-operator": {
    module: "github.com/prometheus-operator/prometheus-operator",
    version: `v${operators["prometheus-operator"].version}`,
    files: ["alertmanagers", "prometheuses", "prometheusrules", "scrapeconfigs"].map(
      (kinds) => `example/prometheus-operator-crd/monitoring.coreos.com_${kinds}.yaml`,
    ),
  },
  eck: {
    module: "github.com/elastic/cloud-on-k8s/v3",
    version: `v${operators.eck.version}`,
    files: resources([
      "elasticsearch.k8s.elastic.co_elasticsearches",
      "kibana.k8s.elastic.co_kibanas",
      "logstash.k8s.elastic.co_logstashes",
      "beat.k8s.elastic.co_beats",
    ]),
  },
};
