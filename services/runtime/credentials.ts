import { createHash, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { type CredentialName, credentialFiles } from "../../components/contract/runtime.ts";

/** An entry of a credential of the contract. */
export type CredentialEntry<Name extends CredentialName> = keyof (typeof credentialFiles)[Name] & string;

/** A credential that cannot be read. It names the variable and the file, never the value. */
export class CredentialError extends Error {
  override readonly name = "CredentialError";
}

/**
 * The value of a credential at this moment. It changes when the credential is rotated, so read it at each use: the file
 * is in memory and small.
 *
 * @throws CredentialError when the variable is not set, or the file is absent, unreadable or empty
 */
export function readCredential<Name extends CredentialName>(
  name: Name,
  entry: CredentialEntry<Name>,
  environment: NodeJS.ProcessEnv = process.env,
): string {
  const value = readOptionalCredential(name, entry, environment);
  if (value !== undefined) return value;
  const variable = variableOf(name, entry);
  const file = environment[variable];
  if (!file)
    throw new CredentialError(`${variable} is not set: it must hold the path of a credential's file.`);
  throw new CredentialError(`${variable} names "${file}", which does not exist: mount the credential there.`);
}

/**
 * The value of a credential's entry that need not be there, such as the value before a rotation; undefined when the
 * variable is not set or the file does not exist.
 *
 * @throws CredentialError when the file is there but unreadable or empty
 */
export function readOptionalCredential<Name extends CredentialName>(
  name: Name,
  entry: CredentialEntry<Name>,
  environment: NodeJS.ProcessEnv = process.env,
): string | undefined {
  const variable = variableOf(name, entry);
  const file = environment[variable];
  if (!file) return undefined;
  const value = contentOf(file, variable);
  if (value === "") throw new CredentialError(`${variable} names "${file}", which is empty.`);
  return value;
}

/**
 * Whether the presented value is one of the accepted ones, found out in a time that tells nothing of them. An accepted
 * value that is undefined matches nothing.
 */
export function isAccepted(presented: string, accepted: readonly (string | undefined)[]): boolean {
  const digest = digestOf(presented);
  const matches = accepted.map((value) => value !== undefined && timingSafeEqual(digest, digestOf(value)));
  return matches.includes(true);
}

/** Of one length, whatever the value's, as `timingSafeEqual` demands. */
function digestOf(value: string): Buffer {
  return createHash("sha256").update(value).digest();
}

function variableOf<Name extends CredentialName>(name: Name, entry: CredentialEntry<Name>): string {
  const entries: Readonly<Record<string, string>> = credentialFiles[name];
  const variable = entries[entry];
  if (variable === undefined) throw new CredentialError(`The contract has no entry "${entry}" of "${name}".`);
  return variable;
}

function contentOf(file: string, variable: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw new CredentialError(`${variable} names "${file}", which cannot be read: ${code}.`, { cause });
  }
}
