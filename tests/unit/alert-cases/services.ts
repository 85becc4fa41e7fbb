import { byValue, type Cases, type Series } from "./case.ts";

const gateway = { namespace: "n", workload: "api-gateway" };
const inGateway = 'namespace="n",workload="api-gateway",component="gateway"';
const tsn = { namespace: "n", workload: "tsn-verification" };
const inTsn = 'namespace="n",workload="tsn-verification"';

const inMemory = (workload: string) => ({ namespace: "n", workload, pod: "a", container: "c" });

/** Memory of a container with a limit of 100: its own, and that of the files that it maps. */
function memory(
  workload: string,
  { own, mapped }: { readonly own: string; readonly mapped: string },
): Series {
  const labels = `namespace="n",workload="${workload}",pod="a",container="c"`;
  return {
    [`container_memory_rss{${labels},job="cadvisor"}`]: own,
    [`container_memory_mapped_file{${labels},job="cadvisor"}`]: mapped,
    [`kube_pod_container_resource_limits{${labels},resource="memory"}`]: "100x300",
    [`kube_pod_container_resource_limits{${labels},resource="cpu"}`]: "2x300",
  };
}

/** Gateway, queues, engines, and what pods use up. */
export const serviceCases: Cases = {
  AuthenticationFailuresHigh: byValue({
    at: 15,
    labels: { ...gateway, reason: "unknown-key" },
    series: {
      [`iot_verification_authentication_failures_total{${inGateway},pod="a",reason="unknown-key"}`]: [
        "0+40x300",
        "0+30x300",
        "0+40x8 320x300",
      ],
      [`iot_verification_authentication_failures_total{${inGateway},pod="b",reason="unknown-key"}`]: [
        "0+24x300",
        "0+24x300",
      ],
    },
  }),
  VerificationBacklogOld: byValue({
    at: 5,
    labels: { ...gateway, standard: "tsn" },
    series: {
      [`iot_verification_verification_queue_oldest_seconds{${inGateway},pod="a",standard="tsn"}`]: [
        "601x300",
        "600x300",
        "700x4 0x300",
      ],
      [`iot_verification_verification_queue_oldest_seconds{${inGateway},pod="b",standard="tsn"}`]: [
        "601x300",
        "600x300",
        "700x4 0x300",
      ],
    },
  }),
  VerificationQueueFilling: byValue({
    at: 5,
    labels: { ...gateway, standard: "tsn" },
    series: {
      [`iot_verification_verification_queue_depth{${inGateway},pod="a",standard="tsn"}`]: [
        "801x300",
        "800x300",
      ],
      [`iot_verification_verification_queue_depth{${inGateway},pod="b",standard="tsn"}`]: [
        "801x300",
        "800x300",
      ],
    },
  }),
  VerificationsRefused: {
    ...byValue({
      at: 3,
      labels: { ...gateway, standard: "tsn" },
      series: {
        [`iot_verification_verifications_submitted_total{${inGateway},standard="tsn",outcome="refused"}`]: [
          "0+1x300",
          "7x300",
        ],
        [`iot_verification_verifications_submitted_total{${inGateway},standard="tsn",outcome="accepted"}`]: [
          "0+1x300",
        ],
      },
    }),
  },
  VerificationsStalled: {
    fires: [
      {
        series: {
          [`iot_verification_verification_queue_depth{${inGateway},pod="a",standard="tsn"}`]: "3x300",
          [`iot_verification_verifications_finished_total{${inTsn},standard="tsn",verdict="proved"}`]:
            "9x300",
          [`iot_verification_verifications_running{${inTsn},standard="tsn"}`]: "1x20 0x300",
          // Another standard's work does not count.
          'iot_verification_verifications_running{namespace="n",workload="wot-verification",standard="wot"}':
            "1x300",
        },
        at: 45,
        labels: [{ ...gateway, standard: "tsn" }],
      },
    ],
    silent: [
      {
        series: {
          [`iot_verification_verification_queue_depth{${inGateway},pod="a",standard="tsn"}`]: "3x300",
          [`iot_verification_verifications_running{${inTsn},standard="tsn"}`]: "1x300",
        },
        until: 240,
      },
      {
        series: {
          [`iot_verification_verification_queue_depth{${inGateway},pod="a",standard="tsn"}`]: "3x300",
          [`iot_verification_verifications_finished_total{${inTsn},standard="tsn",verdict="unknown"}`]:
            "0+1x300",
        },
        until: 240,
      },
      {
        series: {
          [`iot_verification_verification_queue_depth{${inGateway},pod="a",standard="tsn"}`]: "0x300",
        },
        until: 240,
      },
    ],
  },
  VerificationWorkersLost: byValue({
    at: 31,
    labels: { ...tsn, standard: "tsn" },
    series: {
      [`iot_verification_verification_retries_total{${inTsn},pod="a",standard="tsn"}`]: [
        "0x10 1x19 4x300",
        "0x10 1x19 2x300",
      ],
    },
  }),
  EngineRunsFailing: byValue({
    at: 10,
    labels: { ...tsn, engine: "z3" },
    series: {
      [`iot_verification_engine_runs_total{${inTsn},pod="a",engine="z3",outcome="failed"}`]: [
        "0+0.6x300",
        "0+0.4x300",
        "0+0.1x300",
        "0+0.6x8 5x300",
      ],
      [`iot_verification_engine_runs_total{${inTsn},pod="a",engine="z3",outcome="completed"}`]: [
        "0+10x300",
        "0+10x300",
        "0+0.1x300",
      ],
    },
  }),
  EngineVersionMismatch: byValue({
    at: 5,
    labels: { ...tsn, pod: "a", engine: "z3" },
    series: {
      [`iot_verification_engine_version_matches{${inTsn},pod="a",engine="z3"}`]: [
        "0x300",
        "1x300",
        "0x4 1x300",
      ],
    },
  }),
  CpuThrottled: byValue({
    at: 31,
    labels: { ...tsn, pod: "a", container: "c" },
    series: {
      [`container_cpu_cfs_throttled_periods_total{${inTsn},pod="a",container="c"}`]: ["0+51x300", "0+50x300"],
      [`container_cpu_cfs_periods_total{${inTsn},pod="a",container="c"}`]: ["0+100x300"],
    },
  }),
  MemoryNearLimit: {
    fires: [
      {
        series: memory(tsn.workload, { own: "91x300", mapped: "0x300" }),
        at: 10,
        labels: [inMemory(tsn.workload)],
      },
      // What it shares is mapped.
      {
        series: memory("postgresql", { own: "61x300", mapped: "30x300" }),
        at: 10,
        labels: [inMemory("postgresql")],
      },
    ],
    silent: [
      { series: memory(tsn.workload, { own: "90x300", mapped: "50x300" }), until: 240 },
      { series: memory("postgresql", { own: "60x300", mapped: "30x300" }), until: 240 },
    ],
  },
  ContainerOutOfMemory: byValue({
    at: 31,
    labels: { ...tsn, pod: "a", container: "c", reason: "OOMKilled" },
    series: {
      [`kube_pod_container_status_last_terminated_reason{${inTsn},pod="a",container="c",reason="OOMKilled"}`]:
        ["0x30 1x300", "1x300", "0x300"],
      [`kube_pod_container_status_restarts_total{${inTsn},pod="a",container="c"}`]: [
        "2x30 3x300",
        "3x300",
        "2x30 3x300",
      ],
    },
  }),
  DatabasePoolExhausted: byValue({
    at: 3,
    labels: { ...gateway, component: "gateway", pod: "a", state: "waiting" },
    series: {
      [`iot_verification_database_pool_connections{${inGateway},pod="a",state="waiting"}`]: [
        "1x300",
        "0x300",
        "1 1 0 1 1 0 1 1 0 1 1 0 1 1 0x300",
      ],
      [`iot_verification_database_pool_connections{${inGateway},pod="a",state="busy"}`]: ["9x300"],
    },
  }),
  EventLoopBlocked: byValue({
    at: 10,
    labels: { ...gateway, component: "gateway", pod: "a" },
    series: {
      [`nodejs_eventloop_lag_p99_seconds{${inGateway},pod="a"}`]: ["0.51x300", "0.5x300", "0.6x9 0x300"],
    },
  }),
  AutoscalerAtMaximum: byValue({
    at: 30,
    labels: { ...tsn, horizontalpodautoscaler: "tsn-verification" },
    series: {
      [`kube_horizontalpodautoscaler_status_current_replicas{${inTsn},horizontalpodautoscaler="tsn-verification"}`]:
        ["8x300", "7x300", "8x300", "8x29 7x300"],
      [`kube_horizontalpodautoscaler_spec_max_replicas{${inTsn},horizontalpodautoscaler="tsn-verification"}`]:
        ["8x300"],
      [`kube_horizontalpodautoscaler_spec_min_replicas{${inTsn},horizontalpodautoscaler="tsn-verification"}`]:
        ["2x300", "2x300", "8x300"],
    },
  }),
  AutoscalerInactive: byValue({
    at: 15,
    labels: {
      ...tsn,
      horizontalpodautoscaler: "tsn-verification",
      condition: "ScalingActive",
      status: "false",
    },
    series: {
      [`kube_horizontalpodautoscaler_status_condition{${inTsn},horizontalpodautoscaler="tsn-verification",condition="ScalingActive",status="false"}`]:
        ["1x300", "0x300", "1x14 0x300"],
      [`kube_horizontalpodautoscaler_status_condition{${inTsn},horizontalpodautoscaler="tsn-verification",condition="ScalingLimited",status="false"}`]:
        ["1x300"],
    },
  }),
  CacheUnreachable: byValue({
    at: 5,
    labels: { ...gateway, component: "gateway", pod: "a" },
    series: { [`iot_verification_cache_up{${inGateway},pod="a"}`]: ["0x300", "1x300", "0x4 1x300"] },
  }),
  ClockSkewed: byValue({
    at: 5,
    labels: { ...gateway, component: "gateway", pod: "a" },
    series: {
      [`iot_verification_clock_seconds{${inGateway},pod="a"}`]: [
        "6+60x300",
        "5+60x300",
        "-5+60x300",
        "0+60x300",
      ],
    },
  }),
};
