import { isKind } from "../objects/kinds.ts";
import { describeProtocol, servicePortsOf } from "../objects/ports.ts";
import { fields, isSet, list } from "../objects/values.ts";
import { objectRule, type Violation } from "../rule.ts";

/** Ports are told apart by name, and by number and protocol. */
export const servicePorts = objectRule({
  name: "service-ports",
  severity: "mandatory",
  description: "A Service has ports, each once; where there are several, each has a name of its own.",
  why: "The API server refuses the object.",
  reference: "https://kubernetes.io/docs/concepts/services-networking/service/#multi-port-services",
  check(object): Violation[] {
    if (!isKind(object, "Service")) return [];
    const { type, clusterIP, ports: given, selector } = fields(object.spec);
    const ports = servicePortsOf({ content: object });
    // One without a selector, too, is a patch of another object's.
    const needsPorts = type !== "ExternalName" && clusterIP !== "None" && isSet(selector);
    if (ports.length === 0 && needsPorts && list(given).length === 0)
      return [{ path: "spec.ports", problem: "the Service has no port", fix: "Write at least one" }];
    const names = new Set<string>();
    const numbers = new Set<string>();
    return ports.flatMap(({ path, name, port, protocol }): Violation[] => {
      const key = `${port} ${protocol}`;
      const isSecondNumber = port !== undefined && numbers.has(key);
      const isSecondName = name !== undefined && names.has(name);
      numbers.add(key);
      if (name) names.add(name);
      if (isSecondNumber) {
        const problem = `the Service has port ${port}${describeProtocol(protocol)} twice`;
        return [
          { path: `${path}.port`, problem, fix: "Leave one of them out, or correct its number or protocol" },
        ];
      }
      if (isSecondName)
        return [
          {
            path: `${path}.name`,
            problem: `a second port is called ${name}`,
            fix: "Give it a name of its own",
          },
        ];
      return ports.length > 1 && !name
        ? [
            {
              path: `${path}.name`,
              problem: `port ${port ?? path} has no name, among ${ports.length} ports`,
              fix: "Write one, such as http",
            },
          ]
        : [];
    });
  },
});
