/** Ends a job when its worker is gone, however that ended: the kernel closes the pipe between them. */
import { Worker } from "node:worker_threads";
import { lifelineFd } from "./protocol.ts";

/** A thread of its own, because the job's may be busy computing for minutes. Killed is the whole process group. */
const guard = `
  const { Socket } = require("node:net");
  const end = () => process.kill(-process.pid, "SIGKILL");
  new Socket({ fd: ${lifelineFd}, writable: false }).on("error", end).on("close", end).resume();
`;

/** From now on this process and its engines end with the worker. */
export function guardLifeline(): void {
  const limits = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4 };
  new Worker(guard, { eval: true, execArgv: [], resourceLimits: limits }).unref();
}
