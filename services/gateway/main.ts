/** The program of the gateway. */
import { tsn } from "../tsn/offer.ts";
import { catalogueOf } from "./catalogue.ts";
import { runGatewayService } from "./service.ts";

await runGatewayService({ catalogue: catalogueOf([tsn]) });
