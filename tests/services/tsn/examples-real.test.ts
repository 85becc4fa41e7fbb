import { describe, expect, test } from "vitest";
import { Verdict } from "../../../services/database/verification.ts";
import { examples } from "../../../services/tsn/examples.ts";
import { TsnModel } from "../../../services/tsn/schema.ts";
import { breaches } from "../../../services/tsn/simulator/judge.ts";
import { simulate } from "../../../services/tsn/simulator/simulate.ts";
import { tsn } from "../../../services/tsn/standard.ts";
import type { Counterexample } from "../../../services/tsn/validity/counterexample.ts";
import { engineContext } from "./engine.ts";

const verify = (index: number) => tsn.verify(examples[index] ?? { property: "", model: {} }, engineContext());

describe("examples", () => {
  test("a schedule is found, and is valid", async () => {
    const verdict = await verify(0);
    expect(Verdict.parse(verdict)).toEqual(verdict);
    if (verdict.verdict !== "proved") throw new Error(JSON.stringify(verdict));
    expect(verdict.recheck.method).toBe("simulation");
    const { gateControlLists, offsetsNs } = verdict.evidence as {
      gateControlLists: TsnModel["gateControlLists"];
      offsetsNs: Record<string, number>;
    };
    const model = TsnModel.parse(examples[0].model);
    const streams = model.streams.map((stream) => ({ ...stream, offsetNs: offsetsNs[stream.id] }));
    const submission = { property: "schedule-valid", model: { ...model, streams, gateControlLists } };
    expect((await tsn.verify(submission, engineContext())).verdict).toBe("proved");
  });

  test("a smallest conflict is named", async () => {
    const verdict = await verify(1);
    expect(Verdict.parse(verdict)).toEqual(verdict);
    expect(verdict).toMatchObject({
      verdict: "violated",
      counterexample: { data: { conflictingStreams: ["left", "right"], minimal: true } },
      recheck: { method: "enumeration" },
    });
  });

  test("given lists are proved", async () => {
    const verdict = await verify(2);
    expect(Verdict.parse(verdict)).toEqual(verdict);
    expect(verdict).toMatchObject({ verdict: "proved", recheck: { method: "simulation" } });
  });

  test("a window that is too short is found, and its run replays", async () => {
    const verdict = await verify(3);
    expect(Verdict.parse(verdict)).toEqual(verdict);
    if (verdict.verdict !== "violated") throw new Error(JSON.stringify(verdict));
    expect(verdict.counterexample.summary).toMatch(/^Frame \d+ of stream position does not reach controller/);
    expect(verdict.counterexample.steps.join("\n")).toContain("no window is long enough for it");
    const { scenario, span, breach } = verdict.counterexample.data as Counterexample["data"];
    const model = TsnModel.parse(examples[3].model);
    expect(breaches(model, simulate(model, scenario, span), span)[0]).toEqual(breach);
  });

  test("problems are told before any engine runs", async () => {
    const model = { ...examples[0].model, streams: [{ ...examples[0].model.streams[0], talker: "nobody" }] };
    const verdict = await tsn.verify(
      { property: "schedule-exists", model },
      {
        ...engineContext(),
        runEngine: () => Promise.reject(new Error("not needed")),
      },
    );
    expect(verdict).toEqual({
      verdict: "invalid",
      problems: [{ pointer: "/streams/0/talker", detail: "there is no node nobody" }],
    });
  });

  test("an aborted verification runs no engine", async () => {
    const context = { ...engineContext(), signal: AbortSignal.abort(new Error("ended")) };
    await expect(tsn.verify(examples[0], context)).rejects.toThrow("ended");
  });
});
