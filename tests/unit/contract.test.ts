import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import {
  type CredentialName,
  credentialFiles,
  migrationSettings,
  nodeOptionsVariable,
  paths,
  type ports,
  serviceNameVariable,
  user,
} from "../../components/contract/runtime.ts";
import { ownImages } from "../../images/programs.ts";
import { gatewayVariables } from "../../services/gateway/service.ts";
import { contractAddresses } from "../../services/runtime/listen.ts";
import { readSettings, type Variable } from "../../services/runtime/settings.ts";
import { verifierVariables } from "../../services/verifier/service.ts";
import type { Asked, Recording } from "./mocks.ts";
import { root, runProgram } from "./program.ts";
import { at, containerOf, environmentOf } from "./shapes.ts";

// What the components give and what the services take: both sides are read here, and must be the same.

interface Program {
  readonly object: readonly [kind: string, name: string];
  readonly image: string;
  readonly variables: readonly Variable[];
  /** Folders of services/ that it is made of. */
  readonly folders: readonly string[];
  readonly serves: boolean;
}

const programs: readonly Program[] = [
  {
    object: ["Deployment", "api-gateway"],
    image: "api-gateway",
    variables: gatewayVariables,
    folders: ["gateway", "database", "runtime"],
    serves: true,
  },
  {
    object: ["Deployment", "tsn-verification"],
    image: "tsn-verification",
    variables: verifierVariables,
    folders: ["tsn", "verifier", "database", "runtime"],
    serves: true,
  },
  {
    object: ["Job", "database-migrations"],
    image: "database-migrations",
    variables: migrationSettings,
    folders: ["migrations", "database"],
    serves: false,
  },
];

let recording: Recording;
beforeAll(async () => {
  // With values before, so that every entry of the contract is there.
  const rotation = { jwtSecret: 2, apiKey: 2, prometheusToken: 2 };
  ({ recording } = await runProgram({ config: { rotation } }));
});

/** The environment of a container as its process sees it. */
function processEnvironment(workload: Asked): Record<string, string> {
  const entries = Object.entries(environmentOf(workload)).map(([name, source]) => {
    if (typeof source === "string") return [name, source] as const;
    const { configMapKeyRef } = source as { configMapKeyRef: { name: string; key: string } };
    const { data } = recording.object("ConfigMap", configMapKeyRef.name).inputs;
    return [name, (data as Record<string, string>)[configMapKeyRef.key] ?? ""] as const;
  });
  return Object.fromEntries(entries);
}

/** Every file of a Secret that a container finds. */
function credentialPaths(workload: Asked): string[] {
  const { volumes } = at(workload, "spec.template.spec") as {
    volumes: { name: string; secret?: { items: { path: string }[] } }[];
  };
  const mounts = containerOf(workload).volumeMounts as { name: string; mountPath: string }[];
  return volumes.flatMap(({ name, secret }) => {
    const place = mounts.find((mount) => mount.name === name)?.mountPath;
    return (secret?.items ?? []).map(({ path }) => `${place}/${path}`);
  });
}

/** Variables of the credential files that the sources of some folders read. */
function credentialsRead(folders: readonly string[]): Set<string> {
  const calls = folders.flatMap((folder) => {
    const directory = join(root, "services", folder);
    return readdirSync(directory, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !file.includes("node_modules"))
      .flatMap((file) => [
        ...readFileSync(join(directory, file), "utf8").matchAll(
          /\bread(?:Optional)?Credential\(\s*"([a-z]+)",\s*"([a-z-]+)"/g,
        ),
      ]);
  });
  return new Set(
    calls.map(([, name = "", entry = ""]) => {
      const variable = (credentialFiles[name as CredentialName] as Record<string, string>)[entry];
      return variable ?? `${name}/${entry} is not in the contract`;
    }),
  );
}

describe.each(programs.map((program) => [program.image, program] as const))("%s", (_, program) => {
  const workload = () => recording.object(...program.object);

  test("gets every setting that it reads, in the form that it reads", () => {
    const environment = processEnvironment(workload());
    expect(() => readSettings(program.variables, environment)).not.toThrow();
    for (const variable of [...program.variables, serviceNameVariable]) {
      const { [variable]: _absent, ...rest } = environment;
      expect(() => readSettings(program.variables, rest)).toThrow(`${variable} is not set`);
    }
  });

  test("gets no variable that it does not read, and reads no credential that it does not get", () => {
    const given = Object.keys(environmentOf(workload())).sort();
    const read = [serviceNameVariable, ...program.variables, ...credentialsRead(program.folders)];
    // The memory of a task is for nothing but its heap.
    if (program.serves) read.push(nodeOptionsVariable);
    expect(given).toEqual(read.sort());
  });

  test("finds a file wherever a variable names one", () => {
    const environment = processEnvironment(workload());
    const named = Object.entries(environment).filter(([name]) => name.endsWith("_FILE"));
    expect(named.map(([, path]) => path).sort()).toEqual(credentialPaths(workload()).sort());
  });

  test("runs as the user of its image, an image that is built here", () => {
    expect(Object.keys(ownImages)).toContain(program.image);
    expect(at(workload(), "spec.template.spec.securityContext")).toMatchObject({
      runAsUser: user.uid,
      runAsGroup: user.gid,
    });
    expect(containerOf(workload()).image).toMatch(new RegExp(`/${program.image}:`));
  });

  test("is asked where it listens", () => {
    const { ports: declared = [], ...container } = containerOf(workload()) as {
      ports?: { name: keyof typeof ports; containerPort: number }[];
    } & Record<string, unknown>;
    const listening = Object.entries(contractAddresses()).map(([name, { port }]) => [name, port]);
    const expected = program.serves ? listening : [];
    expect(declared.map(({ name, containerPort }) => [name, containerPort])).toEqual(expected);
    const probe = (kind: string) => container[`${kind}Probe`];
    if (!program.serves) return;
    expect(probe("readiness")).toMatchObject({ httpGet: { path: paths.ready, port: "http" } });
    expect(probe("liveness")).toMatchObject({ httpGet: { path: paths.health, port: "http" } });
    expect(probe("startup")).toMatchObject({ httpGet: { path: paths.health, port: "http" } });
  });
});
