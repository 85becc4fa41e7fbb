import type { Result, Verification } from "../../services/database/verification.ts";

/** A verification that has its result. */
export type Finished = Verification & { readonly result: Result };

/** What a command that verified ends with: 0 is proved alone. */
export const exitCodes = { proved: 0, violated: 1, invalid: 2, unknown: 3 } as const satisfies Record<
  Result["verdict"],
  number
>;

/** A verdict for the person at the keyboard. */
export function verdictText({ standard, property, modelHash, result }: Finished): string {
  const { engine, durationMs } = result;
  const facts = [
    `  by       ${engine.name} ${engine.version} in ${(durationMs / 1000).toFixed(2)} s`,
    `  of       ${standard}, ${property}, model ${modelHash.slice(0, 12)}`,
  ];
  return `${[...findings(result), ...facts].join("\n")}\n`;
}

function findings(result: Result): string[] {
  switch (result.verdict) {
    case "proved":
      return [
        `PROVED: ${result.claim}`,
        recheckLine(result.recheck),
        ...(result.evidence ? ["  evidence --json prints it"] : []),
      ];
    case "violated": {
      const { summary, steps } = result.counterexample;
      const list = steps.map((step) => `    ${step}`);
      return [`VIOLATED: ${result.claim}`, `  because  ${summary}`, ...list, recheckLine(result.recheck)];
    }
    case "invalid":
      return [
        "INVALID: the model is no model of the standard",
        ...result.problems.map(({ pointer, detail }) => `  ${pointer || "(whole)"}  ${detail}`),
      ];
    case "unknown":
      return [`UNKNOWN (${result.reason.code}): ${result.reason.detail}`];
  }
}

function recheckLine({ method, detail }: { method: string; detail: string }): string {
  return method === "none" ? `  recheck  none: ${detail}` : `  recheck  by ${method}: ${detail}`;
}
