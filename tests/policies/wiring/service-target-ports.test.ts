import { expect, test } from "vitest";
import { serviceTargetPorts } from "../../../policies/wiring/service-target-ports.ts";
import { foundBy, messagesOf } from "../world.ts";

const port = "Service/web spec.ports.0";

test("Services send to ports of their pods", () => {
  expect(foundBy(serviceTargetPorts)).toEqual([]);
});

test.each([
  ["a name that no container has", { [`${port}.targetPort`]: "web" }, "targetPort"],
  ["a number that no container has", { [`${port}.targetPort`]: 8081 }, "targetPort"],
  ["a number in quotes", { [`${port}.targetPort`]: "8081" }, "targetPort"],
  ["its own number, where that is not the container's", { [`${port}.targetPort`]: undefined }, "port"],
  ["a port of another protocol", { [`${port}.protocol`]: "UDP" }, "targetPort"],
  [
    "a name without any port",
    { "Deployment/web spec.template.spec.containers.0.ports": undefined },
    "targetPort",
  ],
])("%s is refused", (_, changes, field) => {
  expect(foundBy(serviceTargetPorts, changes)).toEqual([`Service/web spec.ports[0].${field}`]);
});

test("the message names the ports that there are", () => {
  expect(messagesOf(serviceTargetPorts, { [`${port}.targetPort`]: 8081 })).toEqual([
    "port http goes to port 8081 of its pods, which no container has (Deployment web declares 8080 (http), 9090 (metrics)). Connections to it are refused. Write a port of a container as targetPort, best by its name, or declare this one in the container.",
  ]);
});

test.each([
  [
    "by number, to pods that declare none",
    { "Deployment/web spec.template.spec.containers.0.ports": undefined },
  ],
  ["to nobody that the set knows", { "Service/web spec.selector": { app: "other" } }],
  ["to another host", { "Service/web spec.type": "ExternalName" }],
  ["to endpoints of its own", { "Service/web spec.selector": undefined }],
])("a Service may send %s", (_, changes) => {
  expect(foundBy(serviceTargetPorts, { [`${port}.targetPort`]: 8081, ...changes })).toEqual([]);
});

test("ports of sidecars count, those of init containers do not", () => {
  const ports = [{ name: "proxy", containerPort: 8443 }];
  const init = "Deployment/web spec.template.spec.initContainers.0";
  const changes = { [`${port}.targetPort`]: "proxy", [`${init}.ports`]: ports };
  expect(foundBy(serviceTargetPorts, changes)).toEqual(["Service/web spec.ports[0].targetPort"]);
  expect(foundBy(serviceTargetPorts, { ...changes, [`${init}.restartPolicy`]: "Always" })).toEqual([]);
});

test.each([
  ["an argument", { "Deployment/web spec.template.spec.containers.0.args": ["--listen=:8081"] }, []],
  ["a variable", { "Deployment/web spec.template.spec.containers.0.env.0.value": "8081" }, []],
  ["a mounted file", { "ConfigMap/web-settings data.web~yaml": "listen: 0.0.0.0:8081\n" }, []],
  [
    "a longer number",
    { "Deployment/web spec.template.spec.containers.0.args": ["--id=80811", "--ratio=1.8081"] },
    ["Service/web spec.ports[0].targetPort"],
  ],
])("a port that the program is told by %s", (_, changes, found) => {
  expect(foundBy(serviceTargetPorts, { [`${port}.targetPort`]: 8081, ...changes })).toEqual(found);
});
