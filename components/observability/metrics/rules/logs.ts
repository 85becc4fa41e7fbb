import { logStreamName } from "../../logging/names.ts";
import type { RuleGroup } from "./rule.ts";

/** Elasticsearch, by elasticsearch_exporter, and what arrives in it. */
export function logRules(): RuleGroup {
  const free =
    "min by (namespace, workload, name) (elasticsearch_filesystem_data_available_bytes / elasticsearch_filesystem_data_size_bytes)";
  const indexed =
    "sum by (namespace, workload) " +
    `(increase(elasticsearch_index_stats_indexing_index_total{index=~"[.]ds-${logStreamName}-.+"}[30m]))`;
  return {
    name: "logs",
    alerts: [
      {
        alert: "ElasticsearchRed",
        severity: "critical",
        when: 'elasticsearch_cluster_health_status{color="red"} == 1',
        for: "5m",
        summary: "Elasticsearch lacks data",
        description:
          "A primary shard is not there: logs or traces of some time can neither be read nor written.",
      },
      {
        alert: "ElasticsearchYellow",
        severity: "warning",
        when: 'elasticsearch_cluster_health_status{color="yellow"} == 1',
        for: "30m",
        summary: "Elasticsearch waits for copies of shards",
        description: "Nothing is lost. On one node a copy has no place: some index asks for one.",
      },
      {
        alert: "ElasticsearchDiskLow",
        severity: "warning",
        when: `${free} < 0.15`,
        for: "10m",
        summary: "Elasticsearch's disk is filling",
        description:
          "{{ $value | humanizePercentage }} are free. Below 15 %, no shard is put on the node any more.",
      },
      {
        alert: "ElasticsearchDiskFull",
        severity: "critical",
        when: `${free} < 0.07`,
        for: "5m",
        summary: "Elasticsearch is about to take no more data",
        description: "{{ $value | humanizePercentage }} are free. Below 5 %, every index becomes read-only.",
      },
      {
        alert: "ElasticsearchHeapHigh",
        severity: "warning",
        when:
          'elasticsearch_jvm_memory_used_bytes{area="heap"} ' +
          '/ elasticsearch_jvm_memory_max_bytes{area="heap"} > 0.9',
        for: "15m",
        summary: "Elasticsearch is short of memory",
        description:
          "{{ $value | humanizePercentage }} of its heap are in use: it collects garbage instead of working.",
      },
      {
        alert: "LogsNotIndexed",
        severity: "warning",
        // Before the first line there is no index to count in: as long as Elasticsearch answers, that is none, too.
        when: `(${indexed} or 0 * max by (namespace, workload) (elasticsearch_cluster_health_status{color="green"})) == 0`,
        for: "30m",
        summary: "No log arrives in Elasticsearch",
        description: "For an hour, no line of any pod was indexed.",
      },
    ],
  };
}
