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
