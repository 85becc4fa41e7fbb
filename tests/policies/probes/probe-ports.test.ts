import { expect, test } from "vitest";
import { probePorts } from "../../../policies/probes/probe-ports.ts";
import { foundBy, messagesOf } from "../world.ts";

const probe = "Deployment/web spec.template.spec.containers.0.readinessProbe";

test("a name that the container does not have is found", () => {
  expect(foundBy(probePorts)).toEqual([]);
  const changes = { [`${probe}.httpGet.port`]: "htp" };
  expect(foundBy(probePorts, changes)).toEqual([
    "Deployment/web spec.template.spec.containers[0].readinessProbe.httpGet.port",
  ]);
  expect(messagesOf(probePorts, changes)[0]).toMatch(
    /^readiness probe of container web asks port htp, which the container does not have\. .* Write one of http, metrics\.$/,
  );
  const tcp = "StatefulSet/store spec.template.spec.containers.0.startupProbe.tcpSocket.port";
  expect(foundBy(probePorts, { [tcp]: "web" })).toHaveLength(1);
});

test("numbers are another rule's", () => {
  expect(foundBy(probePorts, { [`${probe}.httpGet.port`]: 8081 })).toEqual([]);
  expect(foundBy(probePorts, { [`${probe}.httpGet.port`]: "8081" })).toEqual([]);
});
