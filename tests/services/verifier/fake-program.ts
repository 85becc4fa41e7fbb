/** A verifier whose module does what the model says, to see what happens around it. Run as a program by the tests. */
import { z } from "zod";
import { type StandardModule, startVerifier } from "../../../services/verifier/main.ts";

const Model = z.discriminatedUnion("do", [
  z.object({ do: z.literal("prove"), text: z.string().optional() }),
  /** Works until it is ended, without ever giving the event loop a turn. */
  z.object({ do: z.literal("compute"), tag: z.string().optional() }),
  /** Takes memory of this kind until it is ended. */
  z.object({ do: z.literal("take-memory"), kind: z.enum(["heap", "buffers"]) }),
  z.object({ do: z.literal("crash") }),
  z.object({ do: z.literal("throw"), text: z.string() }),
  /** Runs the engine with this input. */
  z.object({ do: z.literal("run-engine"), input: z.string() }),
  /** Proves once this file exists. */
  z.object({ do: z.literal("await-file"), file: z.string(), tag: z.string().optional() }),
]);
export type FakeModel = z.infer<typeof Model>;

const fake: StandardModule = {
  id: "tsn",
  properties: [{ id: "fake", title: "Fake", description: "Holds if the model says so" }],
  model: Model,
  examples: [],
  engines: ["z3"],
  async verify({ model: given }, { runEngine, progress }) {
    const model = Model.parse(given);
    progress({ phase: "begun", detail: String(process.pid) });
    switch (model.do) {
      case "prove":
        return proved(model.text === "nul" ? "\0" : (model.text ?? "It holds."));
      case "compute":
        for (;;);
      case "take-memory":
        return takeMemory(model.kind);
      case "crash":
        process.stderr.write("about to crash\n");
        return process.kill(process.pid, "SIGSEGV") && new Promise(() => {});
      case "throw":
        throw new Error(model.text);
      case "run-engine": {
        const { stdout } = await runEngine({ engine: "z3", input: model.input });
        return proved(stdout.trim());
      }
      case "await-file": {
        const { existsSync } = await import("node:fs");
        const { setTimeout: delay } = await import("node:timers/promises");
        while (!existsSync(model.file)) await delay(20);
        return proved("The file is there.");
      }
    }
  },
};

function proved(claim: string) {
  return { verdict: "proved", claim, recheck: { method: "none", detail: "A fake." } } as const;
}

async function takeMemory(kind: "heap" | "buffers"): Promise<never> {
  const kept: unknown[] = [];
  for (;;) {
    kept.push(
      kind === "heap" ? Array.from({ length: 100_000 }, (_, i) => ({ i })) : Buffer.alloc(2 ** 23, 1),
    );
    if (kind === "buffers") await new Promise((resolve) => setImmediate(resolve));
  }
}

const port = (name: string) => ({ host: "127.0.0.1", port: Number(process.env[name] ?? 0) });
await startVerifier(fake, { addresses: { http: port("HTTP_PORT"), metrics: port("METRICS_PORT") } });
