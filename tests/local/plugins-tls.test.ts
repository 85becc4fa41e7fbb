import { execFileSync } from "node:child_process";
import { createPublicKey, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gte } from "semver";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { root } from "../../local/paths.ts";
import { requiredPlugins } from "../../local/plugins/packages.ts";
import { unknownValue } from "../../local/plugins/properties.ts";
import type { Values } from "./grpc.ts";
import { startTlsProvider, type TlsProvider, types } from "./tls-rig.ts";

const ecdsa = { algorithm: "ECDSA", ecdsaCurve: "P256" };
const start = new Date("2026-03-04T05:06:07.890Z");
const hour = 3_600_000;

describe("the tls provider", () => {
  let provider: TlsProvider;
  let now = start;

  beforeAll(async () => {
    provider = await startTlsProvider(() => now);
  });
  beforeEach(() => {
    now = start;
  });
  afterAll(() => provider.close());

  const authorityInputs = (privateKeyPem: unknown): Values => ({
    privateKeyPem,
    subject: { commonName: "Test authority", organization: "Test" },
    isCaCertificate: true,
    validityPeriodHours: 10 * 365 * 24,
    allowedUses: ["cert_signing", "crl_signing"],
  });

  async function authority() {
    const key = await provider.create(types.key, ecdsa);
    const certificate = await provider.create(types.authority, authorityInputs(key.state.privateKeyPem));
    return { key, certificate };
  }
  async function chain() {
    const ca = await authority();
    const key = await provider.create(types.key, ecdsa);
    const request = await provider.create(types.request, {
      privateKeyPem: key.state.privateKeyPem,
      subject: { commonName: "server" },
      dnsNames: ["server", "server.place.svc.cluster.local"],
    });
    const inputs: Values = {
      caCertPem: ca.certificate.state.certPem,
      caPrivateKeyPem: ca.key.state.privateKeyPem,
      certRequestPem: request.state.certRequestPem,
      validityPeriodHours: 8760,
      earlyRenewalHours: 720,
      allowedUses: ["digital_signature", "server_auth"],
    };
    return { ca, key, request, inputs, certificate: await provider.create(types.certificate, inputs) };
  }

  it("reports a version that satisfies the one the SDK asks for", async () => {
    const version = await provider.version();
    const wanted = requiredPlugins(root).find(({ name }) => name === "tls")?.version ?? "";
    expect(gte(version, wanted)).toBe(true);
    expect(version).not.toBe(wanted);
  });

  it("makes a key in both forms, and marks them secret", async () => {
    const { id, state, secrets } = await provider.create(types.key, ecdsa);
    expect(secrets).toEqual(["privateKeyPem", "privateKeyPemPkcs8"]);
    expect(id).toMatch(/^[0-9a-f]{40}$/);
    expect(state.privateKeyPem).toMatch(/^-----BEGIN EC PRIVATE KEY-----\n/);
    for (const form of [state.privateKeyPem, state.privateKeyPemPkcs8] as string[])
      expect(createPublicKey(form).export({ type: "spki", format: "pem" })).toBe(state.publicKeyPem);
  });

  it("makes an authority for ten years that may sign", async () => {
    const { certificate } = await authority();
    const parsed = new X509Certificate(certificate.state.certPem as string);
    expect(parsed.ca).toBe(true);
    expect(parsed.subject).toBe("O=Test\nCN=Test authority");
    expect(parsed.issuer).toBe(parsed.subject);
    expect(parsed.verify(parsed.publicKey)).toBe(true);
    expect(certificate.state).toMatchObject({
      keyAlgorithm: "ECDSA",
      readyForRenewal: false,
      validityStartTime: "2026-03-04T05:06:07Z",
      validityEndTime: "2036-03-01T05:06:07Z",
    });
    expect(certificate.secrets).toEqual(["privateKeyPem"]);
    expect(parsed.validFromDate.toISOString()).toBe("2026-03-04T05:06:07.000Z");
    expect(parsed.validToDate.toISOString()).toBe("2036-03-01T05:06:07.000Z");
  });

  it("refuses an authority without a subject", async () => {
    const key = await provider.create(types.key, ecdsa);
    const inputs = { ...authorityInputs(key.state.privateKeyPem), subject: undefined };
    await expect(
      provider.create(types.authority, JSON.parse(JSON.stringify(inputs)) as Values),
    ).rejects.toThrow(/needs a subject/);
  });

  it("signs a certificate for the names and the key of the request", async () => {
    const { ca, key, certificate } = await chain();
    const parsed = new X509Certificate(certificate.state.certPem as string);
    const issuer = new X509Certificate(ca.certificate.state.certPem as string);
    expect(parsed.checkIssued(issuer)).toBe(true);
    expect(parsed.verify(issuer.publicKey)).toBe(true);
    expect(parsed.ca).toBe(false);
    expect(parsed.subjectAltName).toBe("DNS:server, DNS:server.place.svc.cluster.local");
    expect(parsed.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
    expect(parsed.publicKey.export({ type: "spki", format: "pem" })).toBe(key.state.publicKeyPem);
    expect(certificate.id).toBe(BigInt(`0x${parsed.serialNumber}`).toString());
    expect(certificate.state).toMatchObject({
      caKeyAlgorithm: "ECDSA",
      validityEndTime: "2027-03-04T05:06:07Z",
    });
    expect(certificate.secrets).toEqual(["caPrivateKeyPem"]);
  });

  it("makes what OpenSSL accepts", async () => {
    // Whatever it is issued at, OpenSSL asks the clock of today.
    now = new Date();
    const { ca, certificate, request } = await chain();
    const folder = mkdtempSync(join(tmpdir(), "tls-"));
    try {
      const file = (name: string, content: unknown) => {
        writeFileSync(join(folder, name), content as string);
        return join(folder, name);
      };
      const caFile = file("ca.pem", ca.certificate.state.certPem);
      const openssl = (...words: string[]) =>
        execFileSync("openssl", words, { encoding: "utf8", stdio: "pipe" });
      const leaf = file("leaf.pem", certificate.state.certPem);
      expect(
        openssl(
          "verify",
          "-x509_strict",
          "-purpose",
          "sslserver",
          "-verify_hostname",
          "server",
          "-CAfile",
          caFile,
          leaf,
        ),
      ).toBe(`${leaf}: OK\n`);
      expect(
        openssl(
          "req",
          "-verify",
          "-noout",
          "-text",
          "-in",
          file("request.pem", request.state.certRequestPem),
        ),
      ).toContain("DNS:server, DNS:server.place.svc.cluster.local");
      const told = openssl("x509", "-noout", "-text", "-in", caFile);
      expect(told).toMatch(/Basic Constraints: critical\s+CA:TRUE\n/);
      expect(told).toMatch(/Key Usage: critical\s+Certificate Sign, CRL Sign\n/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("leaves values unknown in a preview", async () => {
    const { id, state } = await provider.create(types.authority, authorityInputs(unknownValue), {
      preview: true,
    });
    expect(id).toBe("");
    expect(state).toMatchObject({
      certPem: unknownValue,
      validityEndTime: unknownValue,
      earlyRenewalHours: 0,
    });
  });

  it("finds no change when the inputs are the same", async () => {
    const { ca, key, inputs, certificate } = await chain();
    const unchanged = { isChanged: false, changed: [], replaces: [] };
    expect(await provider.diff(types.key, key.state, ecdsa)).toEqual(unchanged);
    const same = authorityInputs(ca.key.state.privateKeyPem);
    expect(await provider.diff(types.authority, ca.certificate.state, same)).toEqual(unchanged);
    expect(await provider.diff(types.certificate, certificate.state, inputs)).toEqual(unchanged);
  });

  it.each([
    ["caCertPem", { caCertPem: "other" }],
    ["certRequestPem", { certRequestPem: unknownValue }],
    ["validityPeriodHours", { validityPeriodHours: 24 * 365 * 2 }],
    ["allowedUses", { allowedUses: ["server_auth", "digital_signature"] }],
  ])("signs another certificate when %s changes", async (name, change) => {
    const { inputs, certificate } = await chain();
    expect(await provider.diff(types.certificate, certificate.state, { ...inputs, ...change })).toEqual({
      isChanged: true,
      changed: [name],
      replaces: [name],
    });
  });

  it("takes over another time of renewal in place", async () => {
    const { inputs, certificate } = await chain();
    const changed = { ...inputs, earlyRenewalHours: 100 };
    expect(await provider.diff(types.certificate, certificate.state, changed)).toEqual({
      isChanged: true,
      changed: ["earlyRenewalHours"],
      replaces: [],
    });
    const updated = await provider.update(types.certificate, certificate, changed);
    expect(updated).toEqual({
      state: { ...certificate.state, earlyRenewalHours: 100 },
      secrets: ["caPrivateKeyPem"],
    });
  });

  it("renews a certificate from the hour on that it is due, and not before", async () => {
    const { inputs, certificate } = await chain();
    const due = Date.parse("2027-03-04T05:06:07Z") - 720 * hour;
    now = new Date(due - 1);
    expect((await provider.diff(types.certificate, certificate.state, inputs)).isChanged).toBe(false);
    expect(await provider.read(types.certificate, certificate)).toMatchObject({
      state: { readyForRenewal: false },
    });
    now = new Date(due);
    expect(await provider.diff(types.certificate, certificate.state, inputs)).toEqual({
      isChanged: true,
      changed: ["readyForRenewal"],
      replaces: ["readyForRenewal"],
    });
    expect(await provider.read(types.certificate, certificate)).toMatchObject({
      state: { readyForRenewal: true },
      secrets: ["caPrivateKeyPem"],
    });
  });

  it.each<[string, Values, string]>([
    [
      types.key,
      { algorithm: "RSA", ecdsaCurve: "P256" },
      'algorithm must be "ECDSA" with the local stand-in: ',
    ],
    [types.key, { algorithm: "ECDSA" }, "ecdsaCurve is missing"],
    [
      types.request,
      { privateKeyPem: "x", ipAddresses: [] },
      "ipAddresses is not supported by the local stand-in: ",
    ],
    [types.request, { privateKeyPem: "x", subject: { name: "y" } }, "subject must have keys from country, "],
    [
      types.authority,
      { privateKeyPem: "x", allowedUses: ["sign"], validityPeriodHours: 1 },
      "allowedUses must be a list of digital_signature, ",
    ],
    [
      types.authority,
      { privateKeyPem: "x", allowedUses: [], validityPeriodHours: -1 },
      "validityPeriodHours must be a whole number of hours of at least 0, not -1",
    ],
  ])("refuses %s with %j", async (type, inputs, failure) => {
    const failures = await provider.check(type, inputs);
    expect(failures).toHaveLength(1);
    expect(failures[0]).toContain(failure);
  });

  it("accepts what is not known yet", async () => {
    expect(await provider.check(types.authority, authorityInputs(unknownValue))).toEqual([]);
  });

  it("names the official plugin for a kind that it does not know", async () => {
    await expect(provider.create("tls:index/getCertificate:getCertificate", {})).rejects.toThrow(
      /getCertificate.*pulumi plugin install resource tls/,
    );
  });

  it("cannot import what exists nowhere", async () => {
    await expect(provider.read(types.key, { id: "0", state: {} })).rejects.toThrow(/cannot be imported/);
  });
});
