import { expect, test } from "vitest";
import { requestsWithinLimits } from "../../../policies/resources/requests-within-limits.ts";
import { foundBy, messagesOf } from "../world.ts";

const resources = "Deployment/web spec.template.spec.containers.0.resources";

test.each([
  ["memory", "2Gi", "1024Mi"],
  ["memory", "1.5G", "1G"],
  ["memory", 2000000, "1Mi"],
  ["cpu", "2", "1500m"],
  ["cpu", 1, "0.5"],
  ["ephemeral-storage", "1e10", "1Gi"],
])("a request of %s of %s is above the limit of %s", (resource, request, limit) => {
  const changes = {
    [`${resources}.requests.${resource}`]: request,
    [`${resources}.limits.${resource}`]: limit,
  };
  expect(foundBy(requestsWithinLimits, changes)).toEqual([
    `Deployment/web spec.template.spec.containers[0].resources.requests.${resource}`,
  ]);
  expect(messagesOf(requestsWithinLimits, changes)[0]).toMatch(
    `container web requests ${request} of ${resource}, its limit is ${limit}. `,
  );
});

test("a limit in the wrong unit is the one to change", () => {
  const changes = { [`${resources}.requests.memory`]: "64Mi", [`${resources}.limits.memory`]: "128m" };
  expect(foundBy(requestsWithinLimits, changes)).toEqual([
    "Deployment/web spec.template.spec.containers[0].resources.limits.memory",
  ]);
});

test.each([
  ["memory", "1Gi", "1024Mi"],
  ["cpu", "500m", "0.5"],
  ["cpu", "much", "1"],
  ["memory", "1Gi", undefined],
])("a request of %s of %s is within the limit of %s, or cannot be compared", (resource, request, limit) => {
  const changes = {
    [`${resources}.requests.${resource}`]: request,
    [`${resources}.limits.${resource}`]: limit,
  };
  expect(foundBy(requestsWithinLimits)).toEqual([]);
  expect(foundBy(requestsWithinLimits, changes)).toEqual([]);
});
