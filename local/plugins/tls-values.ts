/** What the resources of the `tls` provider check, make and compare; no engine and no gRPC in here. */
import { createHash, generateKeyPairSync } from "node:crypto";
import { comparable, type Failure, type Properties, unknownValue } from "./properties.ts";
import {
  type Holder,
  type Issued,
  requestFor,
  selfSigned,
  signedBy,
  subjectNames,
  type Terms,
  usageNames,
} from "./x509.ts";

/** One input of a resource. */
interface Input {
  /** What is wrong with a known value, if anything. */
  readonly refusal: (value: unknown) => string | undefined;
  /** @default none: it may be left out, unless it is required */
  readonly otherwise?: unknown;
  readonly isRequired?: boolean;
  /** A change is taken over in place. @default it needs another value */
  readonly isUpdatable?: boolean;
}

/** One kind of resource of the provider. */
export interface TlsKind {
  readonly inputs: Readonly<Record<string, Input>>;
  /** Outputs besides the inputs. */
  readonly computed: readonly string[];
  /** Inputs and outputs that are secret. */
  readonly secrets: readonly string[];
  /** Makes a value. Throws when the inputs do not fit each other. */
  create(inputs: Properties, now: Date): { id: string; computed: Properties };
}

const hour = 3_600_000;

/** Inputs with the defaults filled in. */
export function resolveInputs(kind: TlsKind, given: Properties): Properties {
  const entries = Object.entries(kind.inputs).map(([name, { otherwise }]) => [
    name,
    given[name] ?? otherwise,
  ]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** The problems of inputs whose values are all known or the unknown value. */
export function failuresOf(kind: TlsKind, given: Properties): Failure[] {
  const unexpected = Object.keys(given)
    .filter((name) => !(name in kind.inputs))
    .map((property) => ({ property, reason: `is not supported by the local stand-in: ${advice}` }));
  const refused = Object.entries(kind.inputs).flatMap(([property, { refusal, isRequired }]) => {
    const value = given[property];
    if (value === undefined) return isRequired ? [{ property, reason: "is missing" }] : [];
    const reason = value === unknownValue ? undefined : refusal(value);
    return reason ? [{ property, reason }] : [];
  });
  return [...unexpected, ...refused];
}

/** What to do where the stand-in does not suffice. */
export const advice = "install the official plugin with `pulumi plugin install resource tls`";

/** The inputs that have changed, and the properties for which a new value is needed: a certificate also when it is due. */
export function changesOf(
  kind: TlsKind,
  state: Properties,
  given: Properties,
  now: Date,
): { changed: string[]; replaces: string[] } {
  const [before, after] = [resolveInputs(kind, state), resolveInputs(kind, given)];
  const changed = Object.keys(kind.inputs).filter(
    (name) => comparable(before[name]) !== comparable(after[name]),
  );
  const due = isDue(state.validityEndTime, after.earlyRenewalHours, now) ? ["readyForRenewal"] : [];
  const replaces = changed.filter((name) => !kind.inputs[name]?.isUpdatable);
  return { changed: [...changed, ...due], replaces: [...replaces, ...due] };
}

/** The state as it is now: a certificate becomes ready for renewal without anybody's doing. */
export function refreshed(state: Properties, now: Date): Properties {
  const due = isDue(state.validityEndTime, state.earlyRenewalHours, now);
  return due ? { ...state, readyForRenewal: true } : state;
}

function isDue(end: unknown, earlyRenewalHours: unknown, now: Date): boolean {
  if (typeof end !== "string" || typeof earlyRenewalHours !== "number") return false;
  return now.getTime() >= Date.parse(end) - earlyRenewalHours * hour;
}

const text: Input = {
  refusal: (value) =>
    typeof value === "string" && value !== "" ? undefined : "must be text that is not empty",
};
const requiredText: Input = { ...text, isRequired: true };
const flag: Input = {
  refusal: (value) => (typeof value === "boolean" ? undefined : "must be true or false"),
  otherwise: false,
};
const hours: Input = {
  refusal: (value) =>
    Number.isInteger(value) && (value as number) >= 0
      ? undefined
      : `must be a whole number of hours of at least 0, not ${JSON.stringify(value)}`,
};
const pathLength: Input = {
  refusal: (value) =>
    Number.isInteger(value) && (value as number) >= -1 ? undefined : "must be a whole number of at least -1",
};
const names: Input = {
  refusal: (value) => (isTexts(value) ? undefined : "must be a list of names"),
};
const uses: Input = {
  isRequired: true,
  refusal(value) {
    if (!isTexts(value)) return "must be a list of uses";
    const strange = value.find((use) => use !== unknownValue && !usageNames.includes(use));
    return strange && `must be a list of ${usageNames.join(", ")}, not ${JSON.stringify(strange)}`;
  },
};
const subject: Input = {
  refusal(value) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return "must be a map";
    const strange = Object.keys(value).find((name) => !subjectNames.includes(name));
    return strange && `must have keys from ${subjectNames.join(", ")}, not ${JSON.stringify(strange)}`;
  },
};

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

function only(value: string): Input {
  return {
    refusal: (given) =>
      given === value ? undefined : `must be "${value}" with the local stand-in: ${advice} for others`,
  };
}

const certificateInputs = {
  allowedUses: uses,
  earlyRenewalHours: { ...hours, otherwise: 0, isUpdatable: true },
  isCaCertificate: flag,
  maxPathLength: pathLength,
  setSubjectKeyId: flag,
  validityPeriodHours: { ...hours, isRequired: true },
} satisfies TlsKind["inputs"];
const certificateOutputs = ["certPem", "readyForRenewal", "validityEndTime", "validityStartTime"];

const privateKey: TlsKind = {
  inputs: {
    algorithm: { ...only("ECDSA"), isRequired: true },
    ecdsaCurve: { ...only("P256"), isRequired: true },
  },
  computed: ["privateKeyPem", "privateKeyPemPkcs8", "publicKeyPem"],
  secrets: ["privateKeyPem", "privateKeyPemPkcs8"],
  create() {
    const pair = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
    return {
      id: createHash("sha1")
        .update(pair.publicKey.export({ type: "spki", format: "der" }))
        .digest("hex"),
      computed: {
        privateKeyPem: pair.privateKey.export({ type: "sec1", format: "pem" }),
        privateKeyPemPkcs8: pair.privateKey.export({ type: "pkcs8", format: "pem" }),
        publicKeyPem: pair.publicKey.export({ type: "spki", format: "pem" }),
      },
    };
  },
};

const certRequest: TlsKind = {
  inputs: { dnsNames: names, privateKeyPem: requiredText, subject },
  computed: ["certRequestPem", "keyAlgorithm"],
  secrets: ["privateKeyPem"],
  create(inputs) {
    const certRequestPem = requestFor(holderOf(inputs), inputs.privateKeyPem as string);
    return {
      id: createHash("sha1").update(certRequestPem).digest("hex"),
      computed: { certRequestPem, keyAlgorithm: "ECDSA" },
    };
  },
};

const selfSignedCert: TlsKind = {
  inputs: {
    ...certificateInputs,
    dnsNames: names,
    privateKeyPem: requiredText,
    setAuthorityKeyId: flag,
    subject,
  },
  computed: [...certificateOutputs, "keyAlgorithm"],
  secrets: ["privateKeyPem"],
  create(inputs, now) {
    const holder = holderOf(inputs);
    if (inputs.isCaCertificate && Object.keys(holder.subject).length === 0)
      throw new Error("a certificate of an authority needs a subject (RFC 5280, section 4.1.2.6)");
    const terms = termsOf(inputs, now);
    const issued = selfSigned(holder, terms, inputs.privateKeyPem as string);
    return certificate(issued, terms, { keyAlgorithm: "ECDSA" });
  },
};

const locallySignedCert: TlsKind = {
  inputs: {
    ...certificateInputs,
    caCertPem: requiredText,
    caPrivateKeyPem: requiredText,
    certRequestPem: requiredText,
  },
  computed: [...certificateOutputs, "caKeyAlgorithm"],
  secrets: ["caPrivateKeyPem"],
  create(inputs, now) {
    const terms = termsOf(inputs, now);
    const authority = {
      certificatePem: inputs.caCertPem as string,
      keyPem: inputs.caPrivateKeyPem as string,
    };
    const issued = signedBy(authority, inputs.certRequestPem as string, terms);
    return certificate(issued, terms, { caKeyAlgorithm: "ECDSA" });
  },
};

function holderOf(inputs: Properties): Holder {
  return {
    subject: (inputs.subject ?? {}) as Holder["subject"],
    dnsNames: (inputs.dnsNames ?? []) as string[],
  };
}

/** A certificate counts in whole seconds. */
function termsOf(inputs: Properties, now: Date): Terms {
  const start = Math.floor(now.getTime() / 1000) * 1000;
  return {
    notBefore: new Date(start),
    notAfter: new Date(start + (inputs.validityPeriodHours as number) * hour),
    uses: inputs.allowedUses as string[],
    isAuthority: inputs.isCaCertificate === true,
    maxPathLength: inputs.maxPathLength as number | undefined,
    withSubjectKey: inputs.setSubjectKeyId === true,
    withAuthorityKey: inputs.setAuthorityKeyId === true,
  };
}

function certificate({ pem, serial }: Issued, { notBefore, notAfter }: Terms, others: Properties) {
  const computed = {
    certPem: pem,
    readyForRenewal: false,
    validityEndTime: timestampOf(notAfter),
    validityStartTime: timestampOf(notBefore),
    ...others,
  };
  return { id: serial.toString(), computed };
}

/** RFC 3339, in whole seconds. */
function timestampOf(moment: Date): string {
  return moment.toISOString().replace(/\.\d+/, "");
}

/** The kinds by Pulumi type. */
export const tlsKinds: Readonly<Record<string, TlsKind>> = {
  "tls:index/privateKey:PrivateKey": privateKey,
  "tls:index/certRequest:CertRequest": certRequest,
  "tls:index/selfSignedCert:SelfSignedCert": selfSignedCert,
  "tls:index/locallySignedCert:LocallySignedCert": locallySignedCert,
};
