import { expect, test } from "vitest";
import { configurationFiles } from "../../components/data/postgresql/configuration.ts";
import { auditExceptions, publishedExceptions } from "../../components/foundation/audit.ts";
import {
  acceptedRevision,
  image,
  metadata,
  parameters,
  postgresql,
  resources,
} from "./postgresql-fixtures.ts";
import { at, labels, selector } from "./shapes.ts";

const containerSecurity = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

const env = [
  {
    name: "ACCEPTED_REVISION",
    valueFrom: {
      fieldRef: { fieldPath: "metadata.annotations['iot-verification.dev/accepted-revision']" },
    },
  },
  { name: "PGDATA", value: "/var/lib/postgresql/data/pgdata" },
  { name: "DATABASE_NAME", value: "records" },
  { name: "DATABASE_OWNER", value: "keeper" },
];

/** With a log and a gibibyte of scratch space. */
const complete = {
  requests: { ...resources.requests, "ephemeral-storage": "1280Mi" },
  limits: { ...resources.limits, "ephemeral-storage": "1280Mi" },
};

const volumeMounts = [
  { name: "data", mountPath: "/var/lib/postgresql/data" },
  { name: "configuration", mountPath: "/etc/postgresql", readOnly: true },
  { name: "accepted", mountPath: "/run/secrets/accepted", readOnly: true },
  { name: "published", mountPath: "/run/secrets/published", readOnly: true },
  { name: "run", mountPath: "/run/server" },
  { name: "socket", mountPath: "/var/run/postgresql" },
  { name: "shm", mountPath: "/dev/shm" },
  { name: "scratch", mountPath: "/tmp" },
];

const exceptions = auditExceptions(publishedExceptions({ images: [image], user: { uid: 999, gid: 999 } }));

test("the whole StatefulSet", async () => {
  const { statefulSet } = await postgresql();
  const annotations = at(statefulSet, "spec.template.metadata.annotations") as Record<string, string>;
  expect(annotations).toEqual({
    "iot-verification.dev/settings-checksum": expect.stringMatching(/^[0-9a-f]{16}$/),
    "iot-verification.dev/accepted-revision": acceptedRevision,
  });
  const login =
    'said=$(PGPASSWORD="$(cat /run/server/password)" psql --no-psqlrc --quiet --host=127.0.0.1 ' +
    `--username="$(cat /run/server/username)" --dbname="$DATABASE_NAME" --command='SELECT 1' 2>&1) || ` +
    `{ echo "$said"; grep -qE 'too many clients|connection slots' <<<"$said"; }`;
  expect(statefulSet.inputs).toEqual({
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { ...metadata("postgresql"), annotations: exceptions },
    spec: {
      replicas: 1,
      serviceName: "postgresql-pods",
      podManagementPolicy: "Parallel",
      selector: { matchLabels: selector("postgresql") },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
      template: {
        metadata: { labels: labels("postgresql", "database"), annotations },
        spec: {
          serviceAccountName: "postgresql",
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          imagePullSecrets: [],
          terminationGracePeriodSeconds: 60,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 999,
            runAsGroup: 999,
            fsGroup: 999,
            fsGroupChangePolicy: "OnRootMismatch",
            seccompProfile: { type: "RuntimeDefault" },
          },
          initContainers: [
            {
              name: "prepare",
              image,
              imagePullPolicy: "Always",
              command: ["bash", "/etc/postgresql/prepare.sh"],
              env,
              resources: complete,
              volumeMounts,
              securityContext: containerSecurity,
            },
          ],
          containers: [
            {
              name: "postgresql",
              image,
              imagePullPolicy: "Always",
              command: ["postgres", "-c", "config_file=/etc/postgresql/postgresql.conf"],
              ports: [{ name: "postgresql", containerPort: 5432, protocol: "TCP" }],
              env,
              resources: complete,
              startupProbe: {
                exec: { command: ["pg_isready", "--quiet", "--host=127.0.0.1"] },
                periodSeconds: 2,
                failureThreshold: 150,
              },
              readinessProbe: {
                exec: { command: ["bash", "-c", login] },
                periodSeconds: 5,
                timeoutSeconds: 3,
              },
              livenessProbe: {
                exec: { command: ["bash", "-c", "pg_isready --quiet; [ $? -le 1 ]"] },
                periodSeconds: 10,
                timeoutSeconds: 5,
                failureThreshold: 6,
              },
              volumeMounts,
              securityContext: containerSecurity,
            },
          ],
          volumes: [
            { name: "configuration", configMap: { name: "postgresql-configuration", defaultMode: 0o444 } },
            {
              name: "accepted",
              secret: { secretName: "postgresql-accepted-credentials", defaultMode: 0o440 },
            },
            {
              name: "published",
              secret: { secretName: "database-credentials", defaultMode: 0o440, optional: true },
            },
            { name: "run", emptyDir: { medium: "Memory", sizeLimit: "16Mi" } },
            { name: "socket", emptyDir: { medium: "Memory", sizeLimit: "16Mi" } },
            { name: "shm", emptyDir: { medium: "Memory", sizeLimit: "256Mi" } },
            { name: "scratch", emptyDir: { sizeLimit: "1Gi" } },
          ],
        },
      },
      volumeClaimTemplates: [
        {
          metadata: { name: "data" },
          spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "20Gi" } } },
        },
      ],
    },
  });
});

test("a storage class is named when one is given", async () => {
  const { statefulSet } = await postgresql({ storage: { size: "1Gi", storageClass: "fast" } });
  expect(at(statefulSet, "spec.volumeClaimTemplates.0.spec")).toEqual({
    accessModes: ["ReadWriteOnce"],
    storageClassName: "fast",
    resources: { requests: { storage: "1Gi" } },
  });
});

test("a headless Service names the pod, and another one serves clients once it is ready", async () => {
  const { recording } = await postgresql();
  const ports = [{ name: "postgresql", port: 5432, targetPort: "postgresql", protocol: "TCP" }];
  const annotations = { "pulumi.com/skipAwait": "true" };
  expect(recording.object("Service", "postgresql-pods").inputs).toEqual({
    apiVersion: "v1",
    kind: "Service",
    metadata: { ...metadata("postgresql-pods"), annotations },
    spec: { clusterIP: "None", publishNotReadyAddresses: true, selector: selector("postgresql"), ports },
  });
  expect(recording.object("Service", "postgresql").inputs).toEqual({
    apiVersion: "v1",
    kind: "Service",
    metadata: { ...metadata("postgresql"), annotations },
    spec: { type: "ClusterIP", selector: selector("postgresql"), ports },
  });
});

test("the configuration is a ConfigMap of the server", async () => {
  const { recording } = await postgresql();
  expect(recording.object("ConfigMap", "postgresql-configuration").inputs).toEqual({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: expect.objectContaining(metadata("postgresql-configuration")),
    data: configurationFiles({ database: "records", parameters }),
  });
});

test("the claim stays what it was made as, whatever the configuration says later", async () => {
  const { recording } = await postgresql();
  const ignoring = recording.constructed.filter(({ ignoreChanges }) => ignoreChanges.length > 0);
  expect(ignoring.map(({ type, ignoreChanges }) => [type, ignoreChanges])).toEqual([
    ["kubernetes:apps/v1:StatefulSet", ["spec.volumeClaimTemplates"]],
  ]);
});

test("of the namespace it asks for one pod and its volume", async () => {
  const { outputs } = await postgresql();
  expect(outputs.demand).toEqual({
    workload: "postgresql",
    pods: 1,
    containers: [complete],
    initContainers: [complete],
    volumes: ["20Gi"],
  });
});

test.each([
  ["512Mi", "128Mi"],
  ["4Gi", "256Mi"],
])("of %s of memory, queries may share %s", async (memory, size) => {
  const limits = { ...resources.limits, memory };
  const { statefulSet } = await postgresql({ resources: { ...resources, limits } });
  const volumes = at(statefulSet, "spec.template.spec.volumes") as { name: string; emptyDir?: object }[];
  expect(volumes.find(({ name }) => name === "shm")?.emptyDir).toEqual({ medium: "Memory", sizeLimit: size });
});
