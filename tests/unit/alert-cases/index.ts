import type { Cases } from "./case.ts";
import { clusterCases } from "./cluster.ts";
import { dataCases } from "./data.ts";
import { objectiveCases } from "./objectives.ts";
import { observabilityCases } from "./observability.ts";
import { serviceCases } from "./services.ts";

/** For every alert, what it fires at and what it does not. */
export const alertCases: Cases = {
  ...objectiveCases,
  ...serviceCases,
  ...dataCases,
  ...clusterCases,
  ...observabilityCases,
};
