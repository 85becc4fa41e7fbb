import { z } from "zod";
import { type Place, placesAt, placesOf, type Scope } from "../objects/places.ts";
import { text } from "../objects/values.ts";
import { objectRule, type Violation } from "../rule.ts";

/** Where ports stand, by what they may be. */
interface PortField {
  readonly scope: Scope;
  readonly field: string;
  /** A name is allowed. */
  readonly isNameable?: true;
  /** 0 means none. */
  readonly isOptional?: true;
}

const container: Scope = "container";
const service: Scope = { kinds: ["Service"] };
const policy: Scope = { kinds: ["NetworkPolicy"] };

const portFields: readonly PortField[] = [
  { scope: container, field: "ports[].containerPort" },
  { scope: container, field: "ports[].hostPort", isOptional: true },
  ...["livenessProbe", "readinessProbe", "startupProbe", "lifecycle.preStop", "lifecycle.postStart"].flatMap(
    (asker): PortField[] => [
      { scope: container, field: `${asker}.httpGet.port`, isNameable: true },
      { scope: container, field: `${asker}.tcpSocket.port`, isNameable: true },
      { scope: container, field: `${asker}.grpc.port` },
    ],
  ),
  { scope: service, field: "spec.ports[].port" },
  // 0 is the port itself.
  { scope: service, field: "spec.ports[].targetPort", isNameable: true, isOptional: true },
  ...["spec.defaultBackend", "spec.rules[].http.paths[].backend"].map(
    (backend): PortField => ({
      scope: { kinds: ["Ingress"] },
      field: `${backend}.service.port.number`,
      isOptional: true,
    }),
  ),
  ...["ingress", "egress"].flatMap((direction): PortField[] => [
    { scope: policy, field: `spec.${direction}[].ports[].port`, isNameable: true },
    { scope: policy, field: `spec.${direction}[].ports[].endPort` },
  ]),
];

/** A number in quotes is a name to the API server. */
export const portNumbers = objectRule({
  name: "port-numbers",
  severity: "mandatory",
  description:
    "Ports are numbers from 1 to 65535, without quotes, and ports of nodes are out of the cluster's range.",
  why: "The API server refuses the object.",
  reference: "https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports",
  options: z.object({
    nodePorts: z
      .string()
      .regex(/^\d{1,5}-\d{1,5}$/, "must be a range such as 30000-32767")
      .default("30000-32767")
      .meta({ description: "The range that the API server gives Services ports of nodes from." }),
  }),
  check(object, { nodePorts }) {
    const [first = 0, last = 0] = nodePorts.split("-").map(Number);
    const found = portFields.flatMap((one) =>
      placesOf(object, one.scope)
        .flatMap((place) => placesAt(place, one.field))
        .flatMap((place) => problemOf(place, one, 1, 65_535)),
    );
    const nodes = placesOf(object, service)
      .flatMap((place) => placesAt(place, "spec.ports[].nodePort"))
      .flatMap((place) => problemOf(place, { isOptional: true }, first, last));
    return [...found, ...nodes];
  },
});

function problemOf(
  { path, value }: Place,
  { isNameable, isOptional }: Omit<PortField, "scope" | "field">,
  first: number,
  last: number,
): Violation[] {
  const fix = `Write a number from ${first} to ${last}`;
  const name = text(value);
  if (name !== undefined) {
    if (/^\d+$/.test(name))
      return [{ path, problem: `the port ${name} is a text`, fix: "Leave the quotes out" }];
    return isNameable ? [] : [{ path, problem: "the port is a text", fix }];
  }
  if (typeof value !== "number") return [{ path, problem: "the port is no number", fix }];
  if ((value === 0 && isOptional) || (Number.isInteger(value) && value >= first && value <= last)) return [];
  return [{ path, problem: `there is no port ${value} here`, fix }];
}
