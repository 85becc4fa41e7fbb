import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type Server, type TLSSocket } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { probesConfiguration } from "../../../components/observability/metrics/probes.ts";
import { terminalReport } from "../../../local/report.ts";
import { ensureTools } from "../../../local/toolchain/index.ts";
import { freePort, ServerProcess } from "../server-process.ts";

const directory = mkdtempSync(join(tmpdir(), "iot-verification-probe-"));
const days = { authority: 20, holder: 40 };
let exporter: ServerProcess;
let port: number;
let server: Server;
const seen: { client: string; trusted: boolean }[] = [];
const refused: string[] = [];

const file = (name: string) => join(directory, name);

function openssl(...words: string[]): void {
  execFileSync("openssl", words, { cwd: directory, stdio: "pipe" });
}

const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

function createAuthority(): void {
  const files = ["-keyout", "ca.key", "-out", "ca.crt"];
  openssl("req", "-x509", ...newKey, ...files, "-subj", "/CN=authority", "-days", String(days.authority));
}

/** A certificate of the authority, with its key. */
function issue(name: string): void {
  const files = ["-keyout", `${name}.key`, "-out", `${name}.crt`];
  const signed = ["-CA", "ca.crt", "-CAkey", "ca.key", "-days", String(days.holder)];
  const subject = ["-subj", `/CN=${name}`, "-addext", "subjectAltName=DNS:localhost"];
  openssl("req", "-x509", ...newKey, ...files, ...signed, ...subject, "-addext", "basicConstraints=CA:FALSE");
}

/** As Logstash does, it lets nobody in without a certificate; it shows that of its authority with its own. */
function startServer(): Promise<Server> {
  const ca = readFileSync(file("ca.crt"));
  const own = {
    cert: Buffer.concat([readFileSync(file("server.crt")), ca]),
    key: readFileSync(file("server.key")),
  };
  const started = createServer(
    { ...own, ca, requestCert: true, rejectUnauthorized: true },
    (socket: TLSSocket) => {
      seen.push({ client: String(socket.getPeerCertificate().subject.CN), trusted: socket.authorized });
      socket.end();
    },
  );
  started.on("tlsClientError", ({ message }) => refused.push(message));
  return new Promise((resolve) => started.listen(0, "127.0.0.1", () => resolve(started)));
}

beforeAll(async () => {
  const { blackbox_exporter } = await ensureTools(["blackbox_exporter"], terminalReport());
  createAuthority();
  issue("server");
  issue("tls");
  writeFileSync(
    file("blackbox.yml"),
    probesConfiguration().replaceAll(/"\/run\/secrets\/certificate\//g, `"${directory}/`),
  );
  server = await startServer();
  port = await freePort();
  exporter = new ServerProcess({
    file: blackbox_exporter.path,
    argv: ["--config.file=blackbox.yml", `--web.listen-address=127.0.0.1:${port}`],
    env: process.env,
    dir: directory,
    ready: /Listening on/,
    stopSignal: "SIGTERM",
  });
  await exporter.start();
}, 1_800_000);
afterAll(async () => {
  server.close();
  await exporter.remove();
});

test("the prober is let in by who asks for a certificate, and sees which of the chain ends first", async () => {
  const target = `localhost:${(server.address() as AddressInfo).port}`;
  const answer = await fetch(`http://127.0.0.1:${port}/probe?module=tls&target=${target}`);
  const metrics = await answer.text();
  expect(metrics).toMatch(/^probe_success 1$/m);
  const end = Number(/^probe_ssl_earliest_cert_expiry (.+)$/m.exec(metrics)?.[1]);
  expect(Math.round((end - Date.now() / 1000) / 86_400)).toBe(days.authority);
  await expect.poll(() => seen).toEqual([{ client: "tls", trusted: true }]);
  expect(refused).toEqual([]);
});
