/**
 * What the program generates and keeps nowhere but in the state: passwords, keys, certificates. Their values are found again
 * where the program publishes them: in Secrets.
 */
import { createHash, createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { type Properties, withoutMarks } from "../plugins/properties.ts";
import { type RandomKind, resolveInputs as randomInputs, randomKinds } from "../plugins/random-values.ts";
import { refreshed, resolveInputs as tlsInputs, tlsKinds } from "../plugins/tls-values.ts";
import type { Answer, Registration } from "./rehearse.ts";

/** What is known of a kind of resource that generates. */
interface GeneratedKind {
  /** Outputs that may be published; each alone says everything. */
  readonly published: readonly string[];
  /** Makes another value; absent where only the one that was does. */
  invent?(args: { type: string; inputs: Properties }): string;
  /** The whole resource. @param inputs without marks of secrets @param value one of the published outputs, if there are any */
  answer(args: { type: string; inputs: Properties; value: string; now: Date }): Answer;
}

const password: GeneratedKind = {
  published: ["result"],
  invent({ type, inputs }) {
    const kind = randomKind(type);
    return String(kind.create(randomInputs(kind, inputs)).computed.result);
  },
  answer({ type, inputs, value }) {
    return { id: "none", outputs: { ...randomInputs(randomKind(type), inputs), result: value } };
  },
};

function randomKind(type: string): RandomKind {
  const kind = randomKinds[type];
  if (!kind) throw new Error(`${type} is no random resource`);
  return kind;
}

const privateKey: GeneratedKind = {
  published: ["privateKeyPem", "privateKeyPemPkcs8"],
  answer({ inputs, value }) {
    const key = createPrivateKey(value);
    const publicKey = createPublicKey(key);
    const id = createHash("sha1")
      .update(publicKey.export({ type: "spki", format: "der" }))
      .digest("hex");
    const outputs = {
      ...inputs,
      privateKeyPem: key.export({ type: "sec1", format: "pem" }),
      privateKeyPemPkcs8: key.export({ type: "pkcs8", format: "pem" }),
      publicKeyPem: publicKey.export({ type: "spki", format: "pem" }),
    };
    return { id, outputs };
  },
};

/** Another one with the same key and names is as good: nothing of it is published but the certificate that it led to. */
const certRequest: GeneratedKind = {
  published: [],
  answer({ type, inputs, now }) {
    const kind = tlsKinds[type];
    if (!kind) throw new Error(`${type} is no certificate request`);
    const given = tlsInputs(kind, inputs);
    const { id, computed } = kind.create(given, now);
    return { id, outputs: { ...given, ...computed } };
  },
};

function certificate(algorithmOutput: "keyAlgorithm" | "caKeyAlgorithm"): GeneratedKind {
  return {
    published: ["certPem"],
    answer({ type, inputs, value: certPem, now }) {
      const kind = tlsKinds[type];
      if (!kind) throw new Error(`${type} is no certificate`);
      const { serialNumber, validFromDate, validToDate } = new X509Certificate(certPem);
      const outputs = {
        ...tlsInputs(kind, inputs),
        certPem,
        readyForRenewal: false,
        validityStartTime: timestampOf(validFromDate),
        validityEndTime: timestampOf(validToDate),
        [algorithmOutput]: "ECDSA",
      };
      return { id: BigInt(`0x${serialNumber}`).toString(), outputs: refreshed(outputs, now) };
    },
  };
}

/** RFC 3339, in whole seconds. */
function timestampOf(moment: Date): string {
  return moment.toISOString().replace(/\.\d+/, "");
}

/** The kinds by Pulumi type. */
export const generatedKinds: Readonly<Record<string, GeneratedKind>> = {
  "random:index/randomPassword:RandomPassword": password,
  "tls:index/privateKey:PrivateKey": privateKey,
  "tls:index/certRequest:CertRequest": certRequest,
  "tls:index/selfSignedCert:SelfSignedCert": certificate("keyAlgorithm"),
  "tls:index/locallySignedCert:LocallySignedCert": certificate("caKeyAlgorithm"),
};

/** What stands for a value that is not known, wherever the program puts it. */
export function markerOf(urn: string, output: string): string {
  return `{generated ${urn} ${output}}`;
}

/** Outputs that the program reads and publishes nowhere. */
const unpublished = ["certRequestPem"];

const markers = /\{generated (\S+) (\S+)\}/g;

/** A resource with its value. @returns undefined when that is published and not known */
export function generatedAnswer(
  { type, inputs }: Registration,
  { value, now }: { readonly value: string | undefined; readonly now: Date },
): Answer | undefined {
  const kind = generatedKinds[type];
  if (!kind) throw new Error(`${type} is of no kind whose values can be found again`);
  if (value === undefined && kind.published.length > 0) return undefined;
  return kind.answer({ type, inputs: withoutMarks(inputs) as Properties, value: value ?? "", now });
}

/** A resource before its value is known: every output that may be published is its marker. */
export function markedAnswer({ urn, type, inputs }: Registration): Answer {
  const { published = [] } = generatedKinds[type] ?? {};
  const outputs = Object.fromEntries(
    [...published, ...unpublished].map((output) => [output, markerOf(urn, output)]),
  );
  return { id: "unknown", outputs: { ...inputs, ...outputs } };
}

/**
 * Finds generated values in published texts.
 *
 * @param published texts with markers, and beside each what stands in its place in the cluster
 * @returns values by URN. A text counts where it is markers alone: several, where each is a block of PEM
 */
export function findValues(
  published: Iterable<{ readonly marked: string; readonly live: string }>,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { marked, live } of published) {
    const urns = [...marked.matchAll(markers)].map(([, urn = ""]) => urn);
    if (urns.length === 0 || marked.replace(markers, "") !== "") continue;
    const values = urns.length === 1 ? [live] : (live.match(pemBlocks) ?? []);
    if (values.length !== urns.length || values.join("") !== live) continue;
    for (const [index, urn] of urns.entries()) found.set(urn, found.get(urn) ?? values[index] ?? "");
  }
  return found;
}

const pemBlocks = /-----BEGIN ([A-Z ]+)-----\n[^-]+-----END \1-----\n/g;
