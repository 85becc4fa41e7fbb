import { type StandardId, standards } from "../../components/contract/standards.ts";
import type { Data } from "../../components/data/index.ts";
import type { Foundation } from "../../components/foundation/index.ts";
import type { VerificationArgs } from "../../components/verification/index.ts";
import { verifierResources } from "../../components/verification/sizing.ts";
import type { StackConfig } from "../schema.ts";
import { verifierScaling } from "./autoscaling.ts";
import { logins } from "./data.ts";
import { ownImage } from "./images.ts";

export function verificationArgs(
  config: StackConfig,
  { platform }: Foundation,
  data: Data,
): VerificationArgs {
  const { images, settings, verification } = config;
  const verifierOf = (id: StandardId) => ({
    image: ownImage(images, `${id}-verification`),
    replicas: verification.overrides[id]?.replicas ?? verification.replicas,
    scaling: verifierScaling(config, id),
  });
  return {
    platform,
    verifiers: Object.fromEntries(
      standards.map(({ id }) => [id, verifierOf(id)]),
    ) as VerificationArgs["verifiers"],
    resources: verifierResources(verification.resources, {
      cpu: settings.resourceLimitsCpu,
      memory: settings.resourceLimitsMemory,
    }),
    serviceMemory: verification.resources.limits.memory,
    scratch: verification.scratch,
    verificationTimeout: settings.verificationTimeout,
    credentials: logins(data),
  };
}
