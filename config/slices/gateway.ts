import { serviceNames } from "../../components/contract/runtime.ts";
import type { Data } from "../../components/data/index.ts";
import type { Foundation } from "../../components/foundation/index.ts";
import type { GatewayArgs } from "../../components/gateway/index.ts";
import type { StackConfig } from "../schema.ts";
import { gatewayScaling } from "./autoscaling.ts";
import { logins } from "./data.ts";
import { ownImage } from "./images.ts";

export function gatewayArgs(
  config: StackConfig,
  { platform, credentials }: Foundation,
  data: Data,
): GatewayArgs {
  return {
    platform,
    image: ownImage(config.images, serviceNames.gateway),
    ...config.gateway,
    scaling: gatewayScaling(config),
    credentials: logins(data),
    jwtSecret: credentials.jwtSecret,
    apiKey: credentials.apiKey,
  };
}
