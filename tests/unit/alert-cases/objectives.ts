import type { AlertCases, Cases, Series } from "./case.ts";

const gateway = { namespace: "n", workload: "api-gateway" };
const tsn = { namespace: "n", workload: "tsn-verification", standard: "tsn" };

/** Requests of callers, with so many good and bad ones at each minute; the kubelet's own are all failures. */
function requests(good: string, bad: string): Series {
  const series = (route: string, status: string) =>
    `iot_verification_http_requests_total{namespace="n",workload="api-gateway",component="gateway",pod="a",method="GET",route="${route}",status_class="${status}"}`;
  return {
    [series("/v1/verifications", "2xx")]: good,
    [series("/v1/verifications", "5xx")]: bad,
    [series("/ready", "5xx")]: "0+100x5000",
    'iot_verification_http_requests_total{namespace="n",workload="tsn-verification",component="verifier",pod="b",method="GET",route="/x",status_class="5xx"}':
      "0+100x5000",
  };
}

/** Answers of the gateway: how many in all, and how many of them within a second. Prometheus 3 writes its bound as 1.0. */
function answers(all: string, within: string): Series {
  const labels = 'namespace="n",workload="api-gateway",component="gateway",pod="a",route="/v1/verifications"';
  return {
    [`iot_verification_http_request_duration_seconds_count{${labels}}`]: all,
    [`iot_verification_http_request_duration_seconds_bucket{${labels},le="1.0"}`]: within,
    [`iot_verification_http_request_duration_seconds_bucket{${labels},le="10.0"}`]: all,
  };
}

function verdicts(known: string, unknown: string): Series {
  const labels = 'namespace="n",workload="tsn-verification",pod="a",standard="tsn",property="schedulable"';
  return {
    [`iot_verification_verifications_finished_total{${labels},verdict="proved"}`]: known,
    [`iot_verification_verifications_finished_total{${labels},verdict="unknown"}`]: unknown,
  };
}

/** Verifications: how many in all, and how many within 120 s. Prometheus 2 writes that bound as it is served. */
function durations(all: string, within: string): Series {
  const labels = 'namespace="n",workload="tsn-verification",pod="a",standard="tsn",property="schedulable"';
  return {
    [`iot_verification_verification_duration_seconds_count{${labels}}`]: all,
    [`iot_verification_verification_duration_seconds_bucket{${labels},le="120"}`]: within,
    [`iot_verification_verification_duration_seconds_bucket{${labels},le="300"}`]: all,
  };
}

/** Two sets of values as promtool writes them, for all and for some of it, and the minute that counts. */
type Point = readonly [string, string, minute: number];

/** Cases of a burn rate: points at which the alert fires first, and others up to which it never does. */
function burn(
  labels: Readonly<Record<string, string>>,
  series: (one: string, other: string) => Series,
  points: {
    /** By the shorter pair of windows, then by the longer one alone. */
    readonly fires: readonly Point[];
    readonly silent: readonly Point[];
  },
): AlertCases {
  return {
    fires: points.fires.map(([one, other, at]) => ({
      series: series(one, other),
      at,
      labels: [labels],
    })),
    silent: points.silent.map(([one, other, until]) => ({ series: series(one, other), until })),
  };
}

const availability = { ...gateway, slo: "gateway-availability" };
const latency = { ...gateway, slo: "gateway-latency" };
const knownVerdicts = { ...tsn, slo: "verdicts" };
const timeToVerdict = { ...tsn, slo: "time-to-verdict" };

/** Very little traffic, all of it bad: eight requests, or four verifications, in six hours. */
const fewBad = { requests: "0x60 1x60 2x60 4x60 6x60 8x400", verdicts: "0x60 1x60 2x60 4x600" };
/** The same, too slow: how many in all. */
const fewSlow = { answers: "0x60 4x60 9x400", durations: "0x60 2x60 4x600" };

/** Objectives of 0.999 (availability), 0.99 within 1 s (latency), 0.95 (verdicts) and 0.95 within 120 s (time). */
export const objectiveCases: Cases = {
  GatewayErrorBudgetBurn: burn(availability, requests, {
    // 1.5 % of the answers: 15 times the budget.
    fires: [
      ["0+985x600", "0+15x600", 5],
      ["0+992x600", "0+8x600", 6],
    ],
    silent: [
      // Not six times the budget.
      ["0+9950x600", "0+50x600", 480],
      ["0x600", fewBad.requests, 360],
      // Over before it was two minutes old.
      ["0+985x600", "0 10x600", 480],
    ],
  }),
  GatewayErrorBudgetSlowBurn: burn(availability, requests, {
    // Four times the budget: too slow for a page.
    fires: [
      ["0+996x600", "0+4x600", 20],
      ["0+998x600", "0+2x600", 22],
    ],
    silent: [
      ["0+9991x600", "0+9x600", 480],
      ["0x600", fewBad.requests, 480],
    ],
  }),
  GatewayLatencyBudgetBurn: burn(latency, answers, {
    fires: [
      ["0+100x600", "0+85x600", 5],
      ["0+100x600", "0+92x600", 6],
    ],
    silent: [
      ["0+100x600", "0+95x600", 480],
      [fewSlow.answers, "0x600", 360],
    ],
  }),
  GatewayLatencyBudgetSlowBurn: burn(latency, answers, {
    fires: [
      ["0+100x600", "0+96x600", 20],
      ["0+100x600", "0+98x600", 22],
    ],
    silent: [
      ["0+1000x600", "0+991x600", 480],
      [fewSlow.answers, "0x600", 480],
    ],
  }),
  VerdictBudgetBurn: burn(knownVerdicts, verdicts, {
    fires: [
      ["0+1x600", "0+3x600", 6],
      ["0+3x600", "0+2x600", 7],
    ],
    silent: [
      ["0+72x600", "0+28x600", 480],
      ["0x600", fewBad.verdicts, 480],
    ],
  }),
  VerdictBudgetSlowBurn: burn(knownVerdicts, verdicts, {
    fires: [
      ["0+80x600", "0+20x600", 17],
      ["0+90x600", "0+10x600", 17],
    ],
    silent: [
      ["0+96x600", "0+4x600", 480],
      ["0x600", fewBad.verdicts, 480],
    ],
  }),
  VerdictTimeBudgetBurn: burn(timeToVerdict, durations, {
    fires: [
      ["0+4x600", "0+1x600", 6],
      ["0+5x600", "0+3x600", 7],
    ],
    silent: [
      ["0+100x600", "0+72x600", 480],
      [fewSlow.durations, "0x600", 480],
    ],
  }),
  VerdictTimeBudgetSlowBurn: burn(timeToVerdict, durations, {
    fires: [
      ["0+100x600", "0+80x600", 17],
      ["0+100x600", "0+90x600", 17],
    ],
    silent: [
      ["0+100x600", "0+96x600", 480],
      [fewSlow.durations, "0x600", 480],
    ],
  }),
};
