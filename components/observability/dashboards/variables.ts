import { serviceNames } from "../../contract/runtime.ts";
import { standards } from "../../contract/standards.ts";
import { systemNames } from "../../contract/systems.ts";
import type { VariableSpec } from "./spec.ts";

/** Which standards. */
export const standardVariable: VariableSpec = {
  name: "standard",
  label: "Standard",
  description: "Standards whose verifications are shown.",
  options: standards.map(({ id, title }) => ({ text: title, value: id })),
};

const ownServices = [
  serviceNames.gateway,
  ...standards.map(({ id }) => serviceNames.verifier(id)),
  serviceNames.migrations,
];

/** They say of themselves that they are Jaeger. */
const jaegerParts: readonly string[] = [
  systemNames.jaegerCollector,
  systemNames.jaegerQuery,
  systemNames.jaegerIndices,
];

/**
 * Who wrote a line of the log: a service of ours, and some systems, say so themselves; any other line is of its workload.
 * *All* asks for no name, so that a line is in it whatever its writer calls itself.
 */
export const writerVariable: VariableSpec = {
  name: "service",
  label: "Service",
  description: "Services and systems whose lines are shown.",
  options: named([
    ...ownServices,
    serviceNames.database,
    serviceNames.redis,
    ...Object.values(systemNames)
      .filter((name) => !jaegerParts.includes(name))
      .sort(),
  ]),
  all: "*",
};

/** Which of the platform's own services: those that send traces. */
export const tracedVariable: VariableSpec = {
  name: "service",
  label: "Service",
  description: "Service whose traces are shown.",
  options: named(ownServices),
  single: serviceNames.gateway,
};

function named(values: readonly string[]) {
  return values.map((value) => ({ text: value, value }));
}
