import { expect, test } from "vitest";
import { separateSecrets } from "../../../policies/credentials/separate-secrets.ts";
import { foundBy, messagesOf } from "../world.ts";

const secret = (...keys: string[]) => ({
  "Secret/store-credentials": {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "store-credentials", namespace: "shop" },
    stringData: Object.fromEntries(keys.map((key) => [key, "vZ8qTj2LwRk9XcYp"])),
  },
});
const everything = secret("DATABASE_USER", "DATABASE_PASSWORD", "JWT_SECRET", "GRAFANA_TOKEN");

test("a Secret for one thing", () => {
  expect(foundBy(separateSecrets)).toEqual([]);
  expect(foundBy(separateSecrets, secret("username", "password"))).toEqual([]);
});

test("a Secret for everything, which web and store read", () => {
  expect(foundBy(separateSecrets, everything)).toEqual(["Secret/store-credentials stringData"]);
  const [message] = messagesOf(separateSecrets, everything);
  expect(message).toMatch(
    /^it holds credentials for 3 things \(database, jwt, grafana\), and 2 workloads read it\. /,
  );
  expect(message).not.toContain("vZ8q");
});

test.each([
  secret("store-password", "store-replication-password", "metrics-password"),
  { ...everything, "Deployment/web spec.template.spec.volumes.1": { name: "store", emptyDir: {} } },
])("passwords of one server, or for one reader, belong together", (changes) => {
  expect(foundBy(separateSecrets, changes)).toEqual([]);
});

test.each([
  [{ subjects: 3, readers: 2 }, 1],
  [{ subjects: 4 }, 0],
  [{ readers: 3 }, 0],
])("with %j, 3 things and 2 workloads have %d violations", (options, count) => {
  expect(foundBy(separateSecrets, everything, options)).toHaveLength(count);
});

test("where one reader is enough, the message says so", () => {
  const read = {
    ...everything,
    "Deployment/web spec.template.spec.volumes.1": { name: "store", emptyDir: {} },
  };
  expect(foundBy(separateSecrets, read)).toEqual([]);
  expect(messagesOf(separateSecrets, read, { readers: 1 })[0]).toContain(", and 1 workload reads it. ");
});
