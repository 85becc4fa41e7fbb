import { expect, test } from "vitest";
import { resourceRequests } from "../../../policies/resources/resource-requests.ts";
import { foundBy, messagesOf } from "../world.ts";

const resources = "Deployment/web spec.template.spec.containers.0.resources";
const found = "Deployment/web spec.template.spec.containers[0].resources.requests";

test("a container that requests nothing is found, for CPU and memory each", () => {
  expect(foundBy(resourceRequests)).toEqual([]);
  expect(foundBy(resourceRequests, { [resources]: undefined })).toEqual([`${found}.cpu`, `${found}.memory`]);
  expect(
    foundBy(resourceRequests, {
      [`${resources}.limits`]: undefined,
      [`${resources}.requests.cpu`]: undefined,
    }),
  ).toEqual([`${found}.cpu`]);
});

test("a limit, or the namespace's default, stands for the request", () => {
  expect(foundBy(resourceRequests, { [`${resources}.requests`]: undefined })).toEqual([]);
  const range = {
    kind: "LimitRange",
    metadata: { name: "range", namespace: "shop" },
    spec: { limits: [{ type: "Container", defaultRequest: { cpu: "50m" }, default: { memory: "1Gi" } }] },
  };
  expect(foundBy(resourceRequests, { [resources]: undefined, "LimitRange/range": range })).toEqual([]);
});

test("the message names the container and the resource", () => {
  expect(messagesOf(resourceRequests, { [resources]: { limits: { memory: "1Gi" } } })).toEqual([
    "container web requests no CPU. The scheduler takes a pod that asks for nothing to need nothing, and it is the first to be evicted. Write what it needs in ordinary use.",
  ]);
});

test("what is asked for is a choice", () => {
  const changes = { [resources]: undefined };
  expect(foundBy(resourceRequests, changes, { resources: ["memory"] })).toEqual([`${found}.memory`]);
  const scratch = { resources: ["memory", "ephemeral-storage"] };
  expect(foundBy(resourceRequests, {}, scratch)).toEqual([]);
  expect(foundBy(resourceRequests, changes, scratch)).toEqual([
    `${found}.memory`,
    `${found}.ephemeral-storage`,
  ]);
  expect(messagesOf(resourceRequests, changes, scratch)[1]).toMatch(
    /^container web requests no ephemeral-storage\. /,
  );
});
