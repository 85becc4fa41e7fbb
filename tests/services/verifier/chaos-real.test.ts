import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { throughOutages } from "../../../services/database/outages.ts";
import { queueNames } from "../../../services/database/queue.ts";
import type { Verification } from "../../../services/database/verification.ts";
import type { FakeModel } from "./fake-program.ts";
import { lapse, type PlatformProcess, processesOf } from "./faults.ts";
import { type Platform, startPlatform, type Verifier } from "./platform.ts";

const seed = Number(process.env.CHAOS_SEED ?? 1);
const rounds = 30;
const workers = 3;

let platform: Platform;
let verifiers: Verifier[];
const expected = new Map<string, readonly string[]>();

/** Numbers below a bound, always the same for one seed: the generator of Park and Miller. */
let state = seed;
function below(bound: number): number {
  state = (state * 48_271) % 0x7fff_ffff;
  return state % bound;
}
const oneOf = <T>(items: readonly T[]): T | undefined => items[below(Math.max(1, items.length))];

beforeAll(async () => {
  platform = await startPlatform();
  expect(await platform.migrate().ended).toBe(0);
  await platform.boss.start();
  // The least that pg-boss allows, so that a lost worker is missed soon.
  await platform.boss.updateQueue(queueNames.waiting("tsn"), { heartbeatSeconds: 10 });
  // Each time that a record gets a verdict, whoever writes it.
  await platform.database.query(`
    CREATE TABLE platform.verdicts (id uuid NOT NULL);
    CREATE FUNCTION platform.note() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN INSERT INTO platform.verdicts VALUES (NEW.id); RETURN NULL; END';
    CREATE TRIGGER note AFTER UPDATE OF result ON platform.verifications FOR EACH ROW EXECUTE FUNCTION platform.note()`);
  verifiers = await Promise.all(Array.from({ length: workers }, startVerifier));
});

afterAll(() => platform.remove());

/** A machine that does other things too is no reason for a verdict to differ. */
const startVerifier = () => platform.startVerifier({ VERIFICATION_TIMEOUT: "600" });

/** The file that lets those verifications of a round go on that wait for it. */
const goOn = (round: number) => `${platform.dir}/go-on-${round}`;

/** What a submission may end with: a fault may cost the answer, but never change it. */
const kinds: readonly [(tag: string, round: number) => FakeModel, readonly string[]][] = [
  [(text) => ({ do: "prove", text }), ["proved", "memory", "worker-lost"]],
  [(tag, round) => ({ do: "await-file", file: goOn(round), tag }), ["proved", "memory", "worker-lost"]],
  [(tag) => ({ do: "run-engine", input: `(echo "${tag}")(check-sat)` }), ["proved", "memory", "worker-lost"]],
  [(text) => ({ do: "throw", text }), ["engine-failed", "memory", "worker-lost"]],
];

async function submit(tag: string, round: number): Promise<void> {
  const [model, allowed] = kinds[below(kinds.length)] ?? [];
  if (!model || !allowed) throw new Error("no kind");
  expected.set(await throughRestarts(() => platform.submit(model(tag, round))), allowed);
}

/** What a caller does that is told to try again. */
function throughRestarts<T>(work: () => Promise<T>): Promise<T> {
  return throughOutages(work, { signal: new AbortController().signal, onOutage: () => {} });
}

function kill(kind: PlatformProcess["kind"]): void {
  const victim = oneOf(processesOf(platform).filter((each) => each.kind === kind));
  try {
    if (victim) process.kill(victim.id, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}

const faults: readonly (() => Promise<void>)[] = [
  async function killWorker() {
    const index = below(verifiers.length);
    verifiers[index]?.process.kill("SIGKILL");
    verifiers[index] = await startVerifier();
  },
  async function stopWorkerAtOnce() {
    const index = below(verifiers.length);
    verifiers[index]?.process.kill("SIGTERM");
    verifiers[index]?.process.kill("SIGKILL");
    verifiers[index] = await startVerifier();
  },
  async function killJob() {
    kill("job");
  },
  async function killEngine() {
    kill("engine");
  },
  /** As if a worker were cut off: it finishes with a lease that is another's by now. */
  async function loseLease() {
    const { rows } = await throughRestarts(() =>
      platform.database.query<{ id: string; attempt: number; file: string }>(
        `SELECT id, attempt, model ->> 'file' AS file FROM platform.verifications
          WHERE status = 'running' AND model ? 'file' ORDER BY id`,
      ),
    );
    const lost = oneOf(rows);
    if (!lost) return;
    await lapse(platform, [lost.id]);
    const next = `SELECT FROM platform.verifications WHERE id = $1 AND attempt > $2`;
    const hasBegun = async () =>
      (await platform.database.query(next, [lost.id, lost.attempt])).rows.length > 0;
    // Soon the first worker learns of its loss; if nobody else is free before that, so be it.
    await vi.waitUntil(hasBegun, { timeout: 4_000, interval: 20 }).catch(() => {});
    writeFileSync(lost.file, "");
  },
  async function restartDatabase() {
    await platform.postgresql.restart();
  },
  async function crashDatabase() {
    await platform.postgresql.kill();
    await platform.postgresql.start();
  },
];

it(`gives every submission one verdict, and leaves nothing behind, whatever is killed (CHAOS_SEED=${seed})`, async () => {
  for (let round = 0; round < rounds; round++) {
    const submissions = ["a", "b"].map((letter) => submit(`${letter}${round}`, round));
    await Promise.all([...submissions, oneOf(faults)?.()]);
    writeFileSync(goOn(round - 2), "");
  }
  for (const round of [rounds - 2, rounds - 1]) writeFileSync(goOn(round), "");
  const ids = [...expected.keys()];
  const finished = async (id: string): Promise<Verification | undefined> => {
    const verification = await platform.verifications.get(id).catch(() => undefined);
    return verification?.status === "finished" ? verification : undefined;
  };
  // Nobody works on a job whose worker was killed: no need to wait until its heartbeats have been missing for long.
  const working = verifiers.flatMap(({ lines }) => lines.map(({ verification }) => verification));
  await lapse(
    platform,
    ids.filter((id) => !working.includes(id)),
  );
  for (const id of ids) await vi.waitUntil(() => finished(id), { timeout: 90_000, interval: 100 });

  const outcomes = await Promise.all(
    ids.map(async (id) => {
      const result = (await finished(id))?.result;
      return [id, result?.verdict === "unknown" ? result.reason.code : result?.verdict] as const;
    }),
  );
  expect(outcomes.filter(([id, outcome]) => !expected.get(id)?.includes(outcome ?? ""))).toEqual([]);
  expect(outcomes.filter(([, outcome]) => outcome === "proved").length).toBeGreaterThan(rounds / 2);
  const { rows } = await platform.database.query<{ id: string }>("SELECT id FROM platform.verdicts");
  expect(rows.map(({ id }) => id).sort()).toEqual(ids.sort());

  for (const verifier of verifiers) verifier.process.kill("SIGTERM");
  expect(await Promise.all(verifiers.map(({ ended }) => ended))).toEqual([0, 0, 0]);
  await vi.waitUntil(() => processesOf(platform).length === 0, 5_000);
  const open = "SELECT name, state FROM queue.job WHERE state < 'completed'";
  expect((await platform.database.query(open)).rows).toEqual([]);
});
