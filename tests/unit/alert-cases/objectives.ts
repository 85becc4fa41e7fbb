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

function burn(
  labels: Readonly<Record<string, string>>,
  slo: string,
  args: {
    /** By the shorter pair of windows, then by the longer one alone. */
    readonly fires: readonly { readonly series: Series; readonly at: number }[];
    readonly silent: readonly { readonly series: Series; readonly until: number }[];
  },
): AlertCases {
  const firing = args.fires.map((each) => ({ ...each, labels: [{ ...labels, slo }] }));
  return { fires: firing, silent: args.silent };
}

/** Objectives of 0.999 (availability), 0.99 within 1 s (latency), 0.95 (verdicts) and 0.95 within 120 s (time). */
export const objectiveCases: Cases = {
  GatewayErrorBudgetBurn: burn(gateway, "gateway-availability", {
    // 1.5 % of the answers: 15 times the budget.
    fires: [
      { series: requests("0+985x600", "0+15x600"), at: 5 },
      { series: requests("0+992x600", "0+8x600"), at: 6 },
    ],
    silent: [
      // Not six times the budget.
      { series: requests("0+9950x600", "0+50x600"), until: 480 },
      // All of very little traffic: eight requests in six hours.
      { series: requests("0x600", "0x60 1x60 2x60 4x60 6x60 8x400"), until: 360 },
      // Over before it was two minutes old.
      { series: requests("0+985x600", "0 10x600"), until: 480 },
    ],
  }),
  GatewayErrorBudgetSlowBurn: burn(gateway, "gateway-availability", {
    // Four times the budget: too slow for a page.
    fires: [
      { series: requests("0+996x600", "0+4x600"), at: 20 },
      { series: requests("0+998x600", "0+2x600"), at: 22 },
    ],
    silent: [
      { series: requests("0+9991x600", "0+9x600"), until: 480 },
      { series: requests("0x600", "0x60 1x60 2x60 4x60 6x60 8x400"), until: 480 },
    ],
  }),
  GatewayLatencyBudgetBurn: burn(gateway, "gateway-latency", {
    fires: [
      { series: answers("0+100x600", "0+85x600"), at: 5 },
      { series: answers("0+100x600", "0+92x600"), at: 6 },
    ],
    silent: [
      { series: answers("0+100x600", "0+95x600"), until: 480 },
      { series: answers("0x60 4x60 9x400", "0x600"), until: 360 },
    ],
  }),
  GatewayLatencyBudgetSlowBurn: burn(gateway, "gateway-latency", {
    fires: [
      { series: answers("0+100x600", "0+96x600"), at: 20 },
      { series: answers("0+100x600", "0+98x600"), at: 22 },
    ],
    silent: [
      { series: answers("0+1000x600", "0+991x600"), until: 480 },
      { series: answers("0x60 4x60 9x400", "0x600"), until: 480 },
    ],
  }),
  VerdictBudgetBurn: burn(tsn, "verdicts", {
    fires: [
      { series: verdicts("0+1x600", "0+3x600"), at: 6 },
      { series: verdicts("0+3x600", "0+2x600"), at: 7 },
    ],
    silent: [
      { series: verdicts("0+72x600", "0+28x600"), until: 480 },
      { series: verdicts("0x600", "0x60 1x60 2x60 4x600"), until: 480 },
    ],
  }),
  VerdictBudgetSlowBurn: burn(tsn, "verdicts", {
    fires: [
      { series: verdicts("0+80x600", "0+20x600"), at: 17 },
      { series: verdicts("0+90x600", "0+10x600"), at: 17 },
    ],
    silent: [
      { series: verdicts("0+96x600", "0+4x600"), until: 480 },
      { series: verdicts("0x600", "0x60 1x60 2x60 4x600"), until: 480 },
    ],
  }),
  VerdictTimeBudgetBurn: burn(tsn, "time-to-verdict", {
    fires: [
      { series: durations("0+4x600", "0+1x600"), at: 6 },
      { series: durations("0+5x600", "0+3x600"), at: 7 },
    ],
    silent: [
      { series: durations("0+100x600", "0+72x600"), until: 480 },
      { series: durations("0x60 2x60 4x600", "0x600"), until: 480 },
    ],
  }),
  VerdictTimeBudgetSlowBurn: burn(tsn, "time-to-verdict", {
    fires: [
      { series: durations("0+100x600", "0+80x600"), at: 17 },
      { series: durations("0+100x600", "0+90x600"), at: 17 },
    ],
    silent: [
      { series: durations("0+100x600", "0+96x600"), until: 480 },
      { series: durations("0x60 2x60 4x600", "0x600"), until: 480 },
    ],
  }),
};
