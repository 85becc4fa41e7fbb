/** A task that does what `BEHAVIOUR` says. */
import { runTask } from "../../../../services/runtime/lifecycle.ts";

await runTask({
  settings: ["DATABASE_NAME"],
  run: async ({ settings, log, onStop }) => {
    setInterval(() => {}, 60_000);
    onStop("pool", () => log.info("stopping the pool"));
    log.info({ database: settings.DATABASE_NAME }, "working");
    if (process.env.BEHAVIOUR === "fails") throw new Error("migration 3 failed");
    if (process.env.BEHAVIOUR === "takes long") await new Promise(() => {});
  },
});
