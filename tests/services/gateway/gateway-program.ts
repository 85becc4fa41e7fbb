/** The gateway with a small standard, on ports of its own. Run as a program by the tests. */
import { catalogueOf } from "../../../services/gateway/catalogue.ts";
import { runGatewayService } from "../../../services/gateway/service.ts";
import { standard } from "./fixtures.ts";

const address = (variable: string) => ({ host: "127.0.0.1", port: Number(process.env[variable]) });

await runGatewayService({
  catalogue: catalogueOf([standard]),
  addresses: { http: address("HTTP_PORT"), metrics: address("METRICS_PORT") },
});
