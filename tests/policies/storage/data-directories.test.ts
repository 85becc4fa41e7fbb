import { expect, test } from "vitest";
import { dataDirectories } from "../../../policies/storage/data-directories.ts";
import { foundBy, messagesOf } from "../world.ts";

const container = "StatefulSet/store spec.template.spec.containers.0";
const root = "/var/lib/postgresql/data";
const postgres = (mountPath = root, image = "postgres:17.2") => ({
  [`${container}.image`]: image,
  [`${container}.volumeMounts.0.mountPath`]: mountPath,
});
const found = ["StatefulSet/store spec.template.spec.containers[0].volumeMounts[0].mountPath"];

test("no data is in a volume's root", () => {
  expect(foundBy(dataDirectories)).toEqual([]);
});

test("PostgreSQL's directory is the volume's root", () => {
  expect(foundBy(dataDirectories, postgres())).toEqual(found);
  expect(foundBy(dataDirectories, postgres(`${root}/`, "registry.example/library/postgres:17"))).toEqual(
    found,
  );
  expect(messagesOf(dataDirectories, postgres())[0]).toMatch(
    /^container store keeps its data in the root of volume data \(\/var\/lib\/postgresql\/data\)\. /,
  );
});

test("by PGDATA, and on a claim of its own", () => {
  const env = { [`${container}.env`]: [{ name: "PGDATA", value: "/data" }] };
  expect(foundBy(dataDirectories, { ...postgres("/data"), ...env })).toEqual(found);
  const claim = {
    "StatefulSet/store spec.volumeClaimTemplates": undefined,
    "StatefulSet/store spec.template.spec.volumes.1": {
      name: "data",
      persistentVolumeClaim: { claimName: "data" },
    },
  };
  expect(foundBy(dataDirectories, { ...postgres(), ...claim })).toEqual(found);
});

test.each([
  { [`${container}.env`]: [{ name: "PGDATA", value: `${root}/pgdata` }] },
  { [`${container}.volumeMounts.0.subPath`]: "pgdata" },
  { [`${container}.volumeMounts.0.mountPath`]: "/var/lib/postgresql" },
  { [`${container}.image`]: "bitnami/postgresql:17" },
  { [`${container}.envFrom`]: [{ configMapRef: { name: "elsewhere" } }] },
  { [`${container}.command`]: ["pg_dump", "shop"] },
  {
    "StatefulSet/store spec.volumeClaimTemplates": [],
    "StatefulSet/store spec.template.spec.volumes.1": { name: "data", emptyDir: {} },
  },
])("%j is fine", (change) => {
  expect(foundBy(dataDirectories, { ...postgres(), ...change })).toEqual([]);
});
