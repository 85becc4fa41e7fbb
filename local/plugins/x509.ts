/** Certificates and requests for them over keys on the curve P-256: RFC 5280, RFC 2986, RFC 5480. */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  randomBytes,
  sign,
} from "node:crypto";
import {
  bits,
  type Element,
  identifier,
  integer,
  namedBits,
  octets,
  readElements,
  sequence,
  setOf,
  tagged,
  taggedBytes,
  text,
  time,
  yes,
} from "./der.ts";

/** What a certificate permits its key to be used for, by the names that the provider gives it. */
const keyUsages: Readonly<Record<string, number>> = {
  digital_signature: 0,
  content_commitment: 1,
  key_encipherment: 2,
  data_encipherment: 3,
  key_agreement: 4,
  cert_signing: 5,
  crl_signing: 6,
  encipher_only: 7,
  decipher_only: 8,
};
const extendedKeyUsages: Readonly<Record<string, string>> = {
  any_extended: "2.5.29.37.0",
  server_auth: "1.3.6.1.5.5.7.3.1",
  client_auth: "1.3.6.1.5.5.7.3.2",
  code_signing: "1.3.6.1.5.5.7.3.3",
  email_protection: "1.3.6.1.5.5.7.3.4",
  timestamping: "1.3.6.1.5.5.7.3.8",
  ocsp_signing: "1.3.6.1.5.5.7.3.9",
};
export const usageNames = [...Object.keys(keyUsages), ...Object.keys(extendedKeyUsages)];

const subjectAttributes: Readonly<Record<string, string>> = {
  country: "2.5.4.6",
  organization: "2.5.4.10",
  organizationalUnit: "2.5.4.11",
  locality: "2.5.4.7",
  province: "2.5.4.8",
  postalCode: "2.5.4.17",
  commonName: "2.5.4.3",
  serialNumber: "2.5.4.5",
};
export const subjectNames = Object.keys(subjectAttributes);

const extensionIds = {
  subjectKey: "2.5.29.14",
  keyUsage: "2.5.29.15",
  names: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKey: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
} as const;
const extensionRequest = "1.2.840.113549.1.9.14";
const ecdsaWithSha256 = sequence(identifier("1.2.840.10045.4.3.2"));

/** Who a certificate is for. */
export interface Holder {
  /** Attributes by the names in `subjectNames`. */
  readonly subject: Readonly<Record<string, string>>;
  readonly dnsNames: readonly string[];
}

/** What a certificate says besides whom it is for. */
export interface Terms {
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** From `usageNames`. */
  readonly uses: readonly string[];
  readonly isAuthority: boolean;
  /** Authorities that may stand below this one. @default any number */
  readonly maxPathLength?: number | undefined;
  readonly withSubjectKey: boolean;
  readonly withAuthorityKey: boolean;
}

/** A certificate in PEM, and its serial number. */
export interface Issued {
  readonly pem: string;
  readonly serial: bigint;
}

/** The encoded parts that a certificate takes over from whom it is for. */
interface Bearer {
  readonly subject: Buffer;
  readonly publicKey: Buffer;
  /** The extension with the names, if there are any. */
  readonly names?: Buffer | undefined;
}

/** A request (PKCS #10) in PEM. */
export function requestFor(holder: Holder, keyPem: string): string {
  const key = privateKeyOf(keyPem);
  const { subject, publicKey, names } = bearerOf(holder, key);
  const attributes = names ? sequence(identifier(extensionRequest), setOf(sequence(names))) : Buffer.alloc(0);
  const body = sequence(integer(0n), subject, publicKey, tagged(0, attributes));
  return pemOf("CERTIFICATE REQUEST", signed(body, key));
}

/** A certificate that its own key has signed. */
export function selfSigned(holder: Holder, terms: Terms, keyPem: string): Issued {
  const key = privateKeyOf(keyPem);
  const bearer = bearerOf(holder, key);
  return issue(bearer, terms, { name: bearer.subject, keyId: undefined, key });
}

/** A certificate for a request, signed by an authority. */
export function signedBy(
  authority: { readonly certificatePem: string; readonly keyPem: string },
  requestPem: string,
  terms: Terms,
): Issued {
  const { subject, keyId } = authorityOf(authority.certificatePem);
  return issue(requestedBy(requestPem), terms, {
    name: subject,
    keyId,
    key: privateKeyOf(authority.keyPem),
  });
}

/** The private key of a PEM. Throws unless it is on the curve P-256. */
export function privateKeyOf(pem: string): KeyObject {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyDetails?.namedCurve === "prime256v1") return key;
  throw new Error("the local stand-in of the tls provider signs with keys of ECDSA on P256 only");
}

function issue(
  bearer: Bearer,
  terms: Terms,
  issuer: { readonly name: Buffer; readonly keyId: Buffer | undefined; readonly key: KeyObject },
): Issued {
  const serial = BigInt(`0x${randomBytes(16).toString("hex")}`);
  const body = sequence(
    tagged(0, integer(2n)),
    integer(serial),
    ecdsaWithSha256,
    issuer.name,
    sequence(time(terms.notBefore), time(terms.notAfter)),
    bearer.subject,
    bearer.publicKey,
    tagged(3, sequence(...extensionsOf(bearer, terms, issuer.keyId))),
  );
  return { pem: pemOf("CERTIFICATE", signed(body, issuer.key)), serial };
}

function extensionsOf(bearer: Bearer, terms: Terms, issuerKeyId: Buffer | undefined): Buffer[] {
  const usage = terms.uses.flatMap((name) => keyUsages[name] ?? []);
  const extended = terms.uses.flatMap((name) => extendedKeyUsages[name] ?? []);
  const ownKeyId = terms.withSubjectKey || terms.isAuthority ? keyIdOf(bearer.publicKey) : undefined;
  const authorityKeyId = issuerKeyId ?? (terms.withAuthorityKey ? ownKeyId : undefined);
  const pathLength =
    terms.isAuthority && (terms.maxPathLength ?? -1) > 0 ? [integer(BigInt(terms.maxPathLength ?? 0))] : [];
  const constraints = terms.isAuthority ? sequence(yes, ...pathLength) : sequence();
  return [
    ...(usage.length > 0 ? [critical(extensionIds.keyUsage, namedBits(usage))] : []),
    ...(extended.length > 0
      ? [extension(extensionIds.extendedKeyUsage, sequence(...extended.map(identifier)))]
      : []),
    critical(extensionIds.basicConstraints, constraints),
    ...(ownKeyId ? [extension(extensionIds.subjectKey, octets(ownKeyId))] : []),
    ...(authorityKeyId
      ? [extension(extensionIds.authorityKey, sequence(taggedBytes(0, authorityKeyId)))]
      : []),
    ...(bearer.names ? [bearer.names] : []),
  ];
}

function extension(id: string, value: Buffer): Buffer {
  return sequence(identifier(id), octets(value));
}

function critical(id: string, value: Buffer): Buffer {
  return sequence(identifier(id), yes, octets(value));
}

function bearerOf({ subject, dnsNames }: Holder, key: KeyObject): Bearer {
  const attributes = Object.entries(subjectAttributes).flatMap(([name, id]) =>
    subject[name] === undefined ? [] : [setOf(sequence(identifier(id), text(subject[name])))],
  );
  const names = sequence(...dnsNames.map((name) => taggedBytes(2, Buffer.from(name, "ascii"))));
  // Without a subject, the names are all that says who it is.
  const named = attributes.length > 0 ? extension : critical;
  return {
    subject: sequence(...attributes),
    publicKey: createPublicKey(key).export({ type: "spki", format: "der" }),
    ...(dnsNames.length > 0 && { names: named(extensionIds.names, names) }),
  };
}

function requestedBy(pem: string): Bearer {
  const [body] = contentOf(readElements(bytesOf(pem, "CERTIFICATE REQUEST"))[0]);
  const [, subject, publicKey, attributes] = contentOf(body);
  if (!subject || !publicKey) throw new Error("the certificate request has no subject or no key");
  const extensions = contentOf(attributes).flatMap((attribute) => {
    const [id, values] = contentOf(attribute);
    return id?.whole.equals(identifier(extensionRequest)) ? contentOf(contentOf(values)[0]) : [];
  });
  const names = extensions.find((one) => contentOf(one)[0]?.whole.equals(identifier(extensionIds.names)));
  return { subject: subject.whole, publicKey: publicKey.whole, names: names?.whole };
}

function authorityOf(pem: string): { subject: Buffer; keyId: Buffer | undefined } {
  const [body] = contentOf(readElements(bytesOf(pem, "CERTIFICATE"))[0]);
  const [, , , , , subject, , ...rest] = contentOf(body);
  if (!subject) throw new Error("the authority's certificate has no subject");
  const extensions = contentOf(contentOf(rest.at(-1))[0]);
  const own = extensions.find((one) => contentOf(one)[0]?.whole.equals(identifier(extensionIds.subjectKey)));
  const value = contentOf(own).at(-1);
  return { subject: subject.whole, keyId: value && readElements(value.content)[0]?.content };
}

function contentOf(element: Element | undefined): Element[] {
  return element ? readElements(element.content) : [];
}

/** RFC 5280, section 4.2.1.2, method 1: the digest of the key's bits. */
function keyIdOf(publicKey: Buffer): Buffer {
  const [, key] = contentOf(readElements(publicKey)[0]);
  return createHash("sha1")
    .update(key?.content.subarray(1) ?? publicKey)
    .digest();
}

function signed(body: Buffer, key: KeyObject): Buffer {
  return sequence(body, ecdsaWithSha256, bits(sign("sha256", body, key)));
}

function pemOf(label: string, bytes: Buffer): string {
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

function bytesOf(pem: string, label: string): Buffer {
  const match = new RegExp(`-----BEGIN ${label}-----([^-]+)-----END ${label}-----`).exec(pem);
  if (!match?.[1]) throw new Error(`there is no PEM block "${label}" in what should be one`);
  return Buffer.from(match[1], "base64");
}
