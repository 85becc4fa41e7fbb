import { expect, test } from "vitest";
import { exitCodes, type Finished, verdictText } from "../../local/commands/verdict-text.ts";

const facts = { engine: { name: "Z3", version: "5.4.1" }, durationMs: 1234 };
const recheck = { method: "simulation" as const, detail: "every frame arrived in time" };

function finished(result: Finished["result"]): Finished {
  return {
    id: "01a2081b-5f83-78a8-9424-8aa656af7a99",
    standard: "tsn",
    property: "schedule-valid",
    status: "finished",
    submittedAt: "2026-04-01T12:00:00.000Z",
    modelHash: "0319b4960d9a".padEnd(64, "0"),
    result,
  };
}

const ending = ["  by       Z3 5.4.1 in 1.23 s", "  of       tsn, schedule-valid, model 0319b4960d9a", ""];

test.each<[Finished["result"], number, string[]]>([
  [
    { verdict: "proved", claim: "All is kept.", recheck, evidence: { lists: [] }, ...facts },
    0,
    [
      "PROVED: All is kept.",
      "  recheck  by simulation: every frame arrived in time",
      "  evidence --json prints it",
    ],
  ],
  [
    {
      verdict: "violated",
      claim: "One is late.",
      counterexample: { summary: "a is late.", steps: ["a waits", "a arrives"], data: {} },
      recheck: { method: "none", detail: "too large" },
      ...facts,
    },
    1,
    [
      "VIOLATED: One is late.",
      "  because  a is late.",
      "    a waits",
      "    a arrives",
      "  recheck  none: too large",
    ],
  ],
  [
    {
      verdict: "invalid",
      problems: [
        { pointer: "/nodes/0", detail: "no link leads there" },
        { pointer: "", detail: "too much of it" },
      ],
      ...facts,
    },
    2,
    [
      "INVALID: the model is no model of the standard",
      "  /nodes/0  no link leads there",
      "  (whole)  too much of it",
    ],
  ],
  [
    { verdict: "unknown", reason: { code: "timeout", detail: "raise verificationTimeout" }, ...facts },
    3,
    ["UNKNOWN (timeout): raise verificationTimeout"],
  ],
])("a verdict for people, and the exit code that goes with it: %o", (result, code, lines) => {
  expect(verdictText(finished(result))).toBe([...lines, ...ending].join("\n"));
  expect(exitCodes[result.verdict]).toBe(code);
});
