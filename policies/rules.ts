import { pinnedImages } from "./images/pinned-images.ts";
import { supportedVersions } from "./images/supported-versions.ts";
import { trustedRegistries } from "./images/trusted-registries.ts";
import { ownNamespaces } from "./pods/own-namespaces.ts";
import { readOnlyRoot } from "./pods/read-only-root.ts";
import { restrictedPods } from "./pods/restricted-pods.ts";
import { serviceAccountTokens } from "./pods/service-account-tokens.ts";
import { declaredProbePorts } from "./probes/declared-probe-ports.ts";
import { distinctProbes } from "./probes/distinct-probes.ts";
import { failingProbes } from "./probes/failing-probes.ts";
import { livenessProbes } from "./probes/liveness-probes.ts";
import { probePorts } from "./probes/probe-ports.ts";
import { readinessProbes } from "./probes/readiness-probes.ts";
import { startupProbes } from "./probes/startup-probes.ts";
import { tellingProbes } from "./probes/telling-probes.ts";
import { boundedScratch } from "./resources/bounded-scratch.ts";
import { memoryLimits } from "./resources/memory-limits.ts";
import { requestsWithinLimits } from "./resources/requests-within-limits.ts";
import { resourceRequests } from "./resources/resource-requests.ts";
import { resourceUnits } from "./resources/resource-units.ts";
import type { Rule } from "./rule.ts";

/** Every rule of the pack. */
export const rules: readonly Rule[] = [
  restrictedPods,
  pinnedImages,
  ownNamespaces,
  readOnlyRoot,
  serviceAccountTokens,
  supportedVersions,
  trustedRegistries,
  boundedScratch,
  memoryLimits,
  requestsWithinLimits,
  resourceRequests,
  resourceUnits,
  declaredProbePorts,
  distinctProbes,
  failingProbes,
  livenessProbes,
  probePorts,
  readinessProbes,
  startupProbes,
  tellingProbes,
];
