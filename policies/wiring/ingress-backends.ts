import { describeElsewhere, elsewhereIn, putTogether } from "../objects/elsewhere.ts";
import { isKind } from "../objects/kinds.ts";
import { madeByOperators } from "../objects/operators.ts";
import {
  describePort,
  describeServicePorts,
  type PortReference,
  portReference,
  servesPort,
  servicePortsOf,
} from "../objects/ports.ts";
import type { StackObject } from "../objects/stack.ts";
import { type Fields, fields, ifKnown, list, text } from "../objects/values.ts";
import { type StackViolation, stackRule } from "../rule.ts";

/** What comes in from outside goes to a Service that exists, at a port that it has. */
export const ingressBackends = stackRule({
  name: "ingress-backends",
  severity: "mandatory",
  description: "Ingresses and routes of the Gateway API name Services that exist, and ports of these.",
  why: "Callers get an error of the proxy instead of an answer.",
  reference: "https://kubernetes.io/docs/concepts/services-networking/ingress/#resource-backend",
  check(stack) {
    const elsewhere = elsewhereIn(stack);
    const mayBeMade = madeByOperators(stack);
    return stack.objects.flatMap((object) =>
      backendsOf(object).flatMap(({ path, portPath, namespace, service, port }): StackViolation[] => {
        const found = stack.find("Service", namespace, service);
        if (!found) {
          const others = stack.ofKind("Service", namespace).map(({ name }) => name);
          const other = elsewhere.named({ ...object, namespace }, "Service", service);
          // Where the set makes no other Service of the namespace, and not this one elsewhere, somebody else makes them.
          if ((others.length === 0 && !other) || mayBeMade(namespace, [service])) return [];
          const problem = `it sends to Service ${service}, which is not in namespace ${namespace}${describeElsewhere(other)}`;
          const fix = other ? putTogether : `Name one of its Services: ${others.slice(0, 5).join(", ")}`;
          return [{ object, path, problem, fix }];
        }
        if (text(fields(found.content.spec).type) === "ExternalName") return [];
        const ports = servicePortsOf(found);
        if (port === undefined || servesPort(ports, port)) return [];
        const problem = `it sends to port ${describePort(port)} of Service ${service}, which has ${describeServicePorts(ports)}`;
        return [{ object, path: portPath, problem, fix: "Write a port of the Service, not of its pods" }];
      }),
    );
  },
});

interface Backend {
  /** Path of the Service's name. */
  readonly path: string;
  readonly portPath: string;
  readonly namespace: string;
  readonly service: string;
  readonly port: PortReference | undefined;
}

const routes = new Set(["HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "UDPRoute"]);

function backendsOf(object: StackObject): Backend[] {
  const spec = fields(object.content.spec);
  if (isKind(object.content, "Ingress")) return backendsOfIngress(object, spec);
  if (!routes.has(object.kind)) return [];
  return list(spec.rules).flatMap((rule, index) =>
    list(fields(rule).backendRefs).flatMap((item, place) => {
      const reference = fields(item);
      const path = `spec.rules[${index}].backendRefs[${place}]`;
      const service = ifKnown(() => text(reference.name));
      const isService = (text(reference.kind) ?? "Service") === "Service" && !reference.group;
      if (!service || !isService) return [];
      const namespace = text(reference.namespace) ?? object.namespace;
      const port = portReference(reference.port);
      return [{ path: `${path}.name`, portPath: `${path}.port`, namespace, service, port }];
    }),
  );
}

function backendsOfIngress({ namespace, content }: StackObject, spec: Fields): Backend[] {
  const paths = list(spec.rules).flatMap((rule, index) =>
    list(fields(fields(rule).http).paths).map((item, place) => ({
      backend: fields(fields(item).backend),
      path: `spec.rules[${index}].http.paths[${place}].backend`,
    })),
  );
  const all = [
    { backend: fields(spec.defaultBackend), path: "spec.defaultBackend" },
    { backend: fields(spec.backend), path: "spec.backend" },
    ...paths,
  ];
  const actions = Object.keys(fields(fields(content.metadata).annotations));
  return all.flatMap(({ backend, path }) => {
    const service = fields(backend.service);
    const port = fields(service.port);
    const name = ifKnown(() => text(service.name) ?? text(backend.serviceName));
    if (!name) return [];
    // Controllers of load balancers take a name for one of their own actions, and this word for its port.
    if (port.name === "use-annotation" || actions.some((key) => key.endsWith(`/actions.${name}`))) return [];
    if (backend.serviceName !== undefined) {
      const old = portReference(backend.servicePort);
      return [
        { path: `${path}.serviceName`, portPath: `${path}.servicePort`, namespace, service: name, port: old },
      ];
    }
    const field = port.name === undefined ? "number" : "name";
    return [
      {
        path: `${path}.service.name`,
        portPath: `${path}.service.port.${field}`,
        namespace,
        service: name,
        port: portReference(port[field]),
      },
    ];
  });
}
