import { execFile } from "node:child_process";
import type { Alert } from "../../../components/observability/metrics/rules/rule.ts";
import type { AlertCases, Series } from "../../unit/alert-cases/case.ts";

/** A program that has ended: whether it is content, and all that it said. */
export interface Judged {
  readonly ok: boolean;
  readonly output: string;
}

/** Runs a program to its end. */
export function judge(program: string, argv: readonly string[], cwd: string): Promise<Judged> {
  return new Promise((resolve) => {
    execFile(program, [...argv], { cwd, encoding: "utf8" }, (error, stdout, stderr) =>
      resolve({ ok: error === null, output: stdout + stderr }),
    );
  });
}

/**
 * The cases of an alert as a file of promtool's unit tests.
 * https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/
 */
export function unitTests({ alert, severity }: Alert, cases: AlertCases, ruleFile: string): string {
  const tests = [
    ...cases.fires.map(({ series, at, labels }) =>
      unitTest(series, [
        {
          expr: firingOf(alert),
          eval_time: `${at}m`,
          exp_samples: labels.map((own) => ({
            labels: `ALERTS${selectorOf({ alertname: alert, alertstate: "firing", severity, ...own })}`,
            value: 1,
          })),
        },
        ...(at > 0 ? [neverUntil(alert, at - 1)] : []),
      ]),
    ),
    ...cases.silent.map(({ series, until }) => unitTest(series, [neverUntil(alert, until)])),
  ];
  return JSON.stringify({ rule_files: [ruleFile], evaluation_interval: "1m", tests });
}

function unitTest(series: Series, expressions: readonly unknown[]) {
  const input = Object.entries(series).map(([selector, values]) => ({ series: selector, values }));
  return { interval: "1m", input_series: input, promql_expr_test: expressions };
}

function neverUntil(alert: string, minute: number) {
  return { expr: `count_over_time(${firingOf(alert)}[2d])`, eval_time: `${minute}m`, exp_samples: [] };
}

function firingOf(alert: string): string {
  return `ALERTS{alertname="${alert}",alertstate="firing"}`;
}

function selectorOf(labels: Readonly<Record<string, string>>): string {
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(",")}}`;
}
