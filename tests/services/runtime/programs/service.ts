/** A service with everything that the runtime has, on free ports; `BEHAVIOUR` says what it does beyond that. */
import { commonSettings } from "../../../../components/contract/runtime.ts";
import { createApp } from "../../../../services/runtime/app.ts";
import { openCache } from "../../../../services/runtime/cache.ts";
import { readCredential } from "../../../../services/runtime/credentials.ts";
import { runService } from "../../../../services/runtime/lifecycle.ts";
import { urlOf } from "../../../../services/runtime/listen.ts";

const free = { host: "127.0.0.1", port: 0 };

await runService({
  settings: commonSettings,
  metricsOf: "gateway",
  addresses: { http: free, metrics: free },
  start: async ({ settings, log, metrics, address, onStop }) => {
    const { REDIS_HOST: host, REDIS_PORT: port } = settings;
    const cache = openCache({
      host,
      port,
      password: () => readCredential("redis", "password"),
      log,
      metrics,
    });
    onStop("cache", cache.stop);
    const app = createApp({ log, metrics, maxRequestBytes: 1000, readiness: [] });
    onStop("http", () => app.close());
    onStop("first", () => log.info("stopping first"));
    onStop("second", () => log.info("stopping second"));
    await app.listen(address);
    log.info({ url: urlOf(app.server) }, "serving");
    setInterval(() => {}, 60_000);
    switch (process.env.BEHAVIOUR) {
      case "cannot start":
        throw new Error("no database");
      case "never starts":
        await new Promise(() => {});
        break;
      case "never stops":
        onStop("stuck", () => new Promise(() => {}), { seconds: 0.5 });
        break;
      case "throws later":
        setTimeout(() => {
          throw new Error("nobody handles this");
        });
        break;
      case "rejects later":
        void Promise.reject(new Error("nobody handles this"));
        break;
    }
  },
});
