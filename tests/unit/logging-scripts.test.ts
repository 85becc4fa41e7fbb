import { execFile, spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { requestFor, selfSigned, signedBy } from "../../local/plugins/x509.ts";

const isThere = (program: string) => spawnSync(program, ["--version"]).status === 0;

/** A pod's file systems as a directory. */
let pod: string;
beforeEach(() => {
  pod = mkdtempSync(join(tmpdir(), "logging-scripts-"));
});
afterEach(() => rmSync(pod, { recursive: true }));

function put(files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(pod, path, ".."), { recursive: true });
    writeFileSync(join(pod, path), content);
  }
}

/** A script of the component, whose paths lead into the pod. */
function script(name: string): string {
  const source = new URL(`../../components/observability/logging/elasticsearch/${name}`, import.meta.url);
  const text = readFileSync(source, "utf8");
  const path = join(pod, name);
  writeFileSync(path, text.replaceAll(/(?<![\w/])\/(?=(run|etc|usr\/share)\/)/g, `${pod}/`));
  return path;
}

function run(program: string, path: string, env: Readonly<Record<string, string>>) {
  return new Promise<{ code: number; stderr: string }>((resolve) =>
    execFile(program, [path], { env: { PATH: process.env.PATH, ...env } }, (error, _stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stderr }),
    ),
  );
}

describe("the configuration is laid out", () => {
  beforeEach(() => {
    put({
      "usr/share/elasticsearch/config/elasticsearch.yml": "of the image",
      "usr/share/elasticsearch/config/log4j2.properties": "of the image",
      "usr/share/elasticsearch/config/jvm.options.d/.keep": "",
      "etc/elasticsearch/elasticsearch.yml": "ours",
      "etc/elasticsearch/roles.yml": "roles",
      "etc/elasticsearch/memory.options": "memory",
      "run/secrets/users/users": "users",
      "run/secrets/users/users_roles": "users' roles",
      "run/secrets/users/revision": "r1",
    });
    mkdirSync(join(pod, "laid-out"));
    put({ "bin/sleep": "#!/bin/sh\nexit 0\n" });
    spawnSync("chmod", ["+x", join(pod, "bin/sleep")]);
  });
  const prepare = (revision: string) =>
    run("sh", script("prepare.sh"), {
      PATH: `${pod}/bin:${process.env.PATH}`,
      ES_PATH_CONF: join(pod, "laid-out"),
      USERS_REVISION: revision,
    });
  const laidOut = (name: string) => readFileSync(join(pod, "laid-out", name), "utf8");

  test("from the image's and ours over it, any number of times", async () => {
    for (const round of ["users", "others"]) {
      put({ "run/secrets/users/users": round });
      expect(await prepare("r1")).toEqual({ code: 0, stderr: "" });
      expect(laidOut("users")).toBe(round);
    }
    expect(laidOut("elasticsearch.yml")).toBe("ours");
    expect(laidOut("log4j2.properties")).toBe("of the image");
    expect(laidOut("roles.yml")).toBe("roles");
    expect(laidOut("users_roles")).toBe("users' roles");
    expect(laidOut("jvm.options.d/memory.options")).toBe("memory");
  });

  test("not with users of another time", async () => {
    expect(await prepare("r2")).toEqual({
      code: 1,
      stderr: "After 3 minutes, the Secret of the users is not of revision r2.\n",
    });
  });
});

describe.runIf(isThere("curl") && isThere("bash"))("Elasticsearch is set up", () => {
  const password = 'quo"te\\back:colon';
  let server: Server;
  let asked: { line: string; login: string; body: string }[];
  let answers: Record<string, number>;
  let bodies: Record<string, string>;

  beforeEach(async () => {
    asked = [];
    answers = {};
    bodies = {};
    const { key, certificate, authority } = certificates();
    server = createServer({ key, cert: certificate }, async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const line = `${request.method} ${request.url}`;
      const [, encoded = ""] = request.headers.authorization?.split(" ") ?? [];
      asked.push({
        line,
        login: Buffer.from(encoded, "base64").toString(),
        body: Buffer.concat(chunks).toString(),
      });
      response.writeHead(answers[line] ?? 200).end(bodies[line] ?? "{}");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    put({
      "run/secrets/elasticsearch/username": "elastic",
      "run/secrets/elasticsearch/password": password,
      "run/secrets/elasticsearch/url": `https://localhost:${(server.address() as AddressInfo).port}`,
      "run/secrets/elasticsearch/ca.crt": authority,
      "etc/elasticsearch-setup/logs-policy.json": "logs policy",
      "etc/elasticsearch-setup/traces-policy.json": "traces policy",
      "etc/elasticsearch-setup/logs-template.json": "logs template",
    });
  });
  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });

  /** A step of the Job: it reads a file beside it. */
  const step = (name: string, env: Readonly<Record<string, string>>) => {
    writeFileSync(join(pod, "etc/elasticsearch-setup/request.sh"), readFileSync(script("request.sh")));
    return run("bash", script(name), env);
  };

  describe("once every node accepts the users", () => {
    const addresses = (...all: readonly string[]) => {
      put({ "bin/getent": `#!/bin/sh\n[ "$2" = nodes.place.svc ] && printf '${all.join("\\n")}\\n'\n` });
      spawnSync("chmod", ["+x", join(pod, "bin/getent")]);
    };
    beforeEach(() => put({ "run/secrets/elasticsearch/host": "elasticsearch.place.svc" }));
    const wait = (nodes: number) =>
      step("await-users.sh", {
        PATH: `${pod}/bin:${process.env.PATH}`,
        NODES_SERVICE: "nodes",
        NODES: String(nodes),
        ATTEMPTS: "2",
        PAUSE: "0",
      });

    test("each by itself, at its address", async () => {
      addresses("127.0.0.1 STREAM nodes", "127.0.0.1 DGRAM");
      expect(await wait(1)).toEqual({ code: 0, stderr: "" });
      expect(asked.map(({ line, login }) => [line, login])).toEqual([
        ["GET /_security/_authenticate", `elastic:${password}`],
      ]);
    });

    test("or fails, where a node refuses them", async () => {
      addresses("127.0.0.1 STREAM nodes");
      answers["GET /_security/_authenticate"] = 401;
      const { code, stderr } = await wait(1);
      expect(code).toBe(1);
      expect(stderr).toContain("Not all of the 1 nodes accept the users of elastic in time");
      expect(asked).toHaveLength(2);
    });

    test("or where one is missing, without asking the others", async () => {
      addresses("127.0.0.1 STREAM nodes");
      expect((await wait(2)).code).toBe(1);
      expect(asked).toEqual([]);
    });
  });

  test("with a repository of snapshots, and then when to make them", async () => {
    put({
      "etc/elasticsearch-setup/snapshot-repository.json": "repository",
      "etc/elasticsearch-setup/snapshot-policy.json": "policy",
    });
    expect((await step("snapshots.sh", { REPOSITORY: "name" })).code).toBe(0);
    expect(asked.map(({ line, body }) => `${line} ${body}`)).toEqual([
      "PUT /_snapshot/name repository",
      "PUT /_slm/policy/name policy",
    ]);
    answers["PUT /_snapshot/name"] = 500;
    expect((await step("snapshots.sh", { REPOSITORY: "name" })).code).toBe(22);
    expect(asked).toHaveLength(3);
  });

  test("with roles and users, without those that it made for other logins", async () => {
    put({
      "etc/elasticsearch-setup/role-reader.json": "role",
      "run/secrets/users/grafana-2": "user",
    });
    bodies["GET /_security/user?filter_path=*.metadata.platform"] = JSON.stringify({
      "grafana-1": { metadata: { platform: "place" } },
      "grafana-2": { metadata: { platform: "place" } },
      "grafana-3": { metadata: { platform: "another" } },
    });
    expect((await step("users.sh", { PLATFORM: "place" })).code).toBe(0);
    expect(asked.map(({ line, body }) => `${line} ${body}`.trim())).toEqual([
      "PUT /_security/role/reader role",
      "PUT /_security/user/grafana-2 user",
      "GET /_security/user?filter_path=*.metadata.platform",
      "DELETE /_security/user/grafana-1",
    ]);
    bodies = {};
    expect((await step("users.sh", { PLATFORM: "place" })).code).toBe(0);
  });

  const setUp = () =>
    run("bash", script("setup.sh"), {
      LOGS_POLICY: "logs-policy",
      TRACES_POLICY: "traces-policy",
      LOG_STREAM: "stream",
    });

  test("with policies, and then the template, by the superuser", async () => {
    answers["GET /_data_stream/stream"] = 404;
    expect((await setUp()).code).toBe(0);
    expect(asked.map(({ line, body }) => `${line} ${body}`.trim())).toEqual([
      "PUT /_ilm/policy/logs-policy logs policy",
      "PUT /_ilm/policy/traces-policy traces policy",
      "PUT /_index_template/logs-policy logs template",
      "GET /_data_stream/stream",
    ]);
    expect(new Set(asked.map(({ login }) => login))).toEqual(new Set([`elastic:${password}`]));
  });

  test("so that logs that are there go on in an index of the new template", async () => {
    expect((await setUp()).code).toBe(0);
    expect(asked.at(-1)?.line).toBe("POST /stream/_rollover?lazy=true");
  });

  test.each([
    ["PUT /_ilm/policy/traces-policy", 400],
    ["PUT /_index_template/logs-policy", 401],
    ["GET /_data_stream/stream", 403],
    ["POST /stream/_rollover?lazy=true", 400],
  ])("or fails, where %s is answered with %i, and does nothing more", async (line, status) => {
    answers[line] = status;
    const { code, stderr } = await setUp();
    expect(code).not.toBe(0);
    expect(stderr).toContain(line.replace(" /", " "));
    expect(asked.at(-1)?.line).toBe(line);
  });

  test("by nobody whose certificate another authority has signed", async () => {
    put({ "run/secrets/elasticsearch/ca.crt": certificates().authority });
    expect((await setUp()).code).toBe(60);
    expect(asked).toEqual([]);
  });
});

/** A server's key and certificate for `localhost`, and the authority's. */
function certificates() {
  const newKey = () =>
    generateKeyPairSync("ec", {
      namedCurve: "prime256v1",
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    }).privateKey;
  const [authorityKey, key] = [newKey(), newKey()];
  const terms = {
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 3_600_000),
    withSubjectKey: false,
    withAuthorityKey: false,
  };
  const authority = selfSigned(
    { subject: { commonName: "Test authority" }, dnsNames: [] },
    { ...terms, uses: ["cert_signing"], isAuthority: true },
    authorityKey,
  ).pem;
  const certificate = signedBy(
    { certificatePem: authority, keyPem: authorityKey },
    requestFor({ subject: { commonName: "localhost" }, dnsNames: ["localhost"] }, key),
    { ...terms, uses: ["digital_signature", "server_auth"], isAuthority: false },
  ).pem;
  return { key, certificate, authority };
}
