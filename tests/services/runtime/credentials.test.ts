import { mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  CredentialError,
  isAccepted,
  readCredential,
  readOptionalCredential,
} from "../../../services/runtime/credentials.ts";

let directory: string;
let file: string;
let environment: NodeJS.ProcessEnv;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "credentials-"));
  file = join(directory, "password");
  environment = { REDIS_PASSWORD_FILE: file, API_KEY_PREVIOUS_FILE: file };
});
afterEach(() => rmSync(directory, { recursive: true }));

describe("readCredential", () => {
  it("gives what the file holds, to the last character", () => {
    writeFileSync(file, "s3cret \n");
    expect(readCredential("redis", "password", environment)).toBe("s3cret \n");
  });

  it("gives the new value once a rotation has changed the file in place", () => {
    writeFileSync(join(directory, "one"), "one");
    writeFileSync(join(directory, "two"), "two");
    symlinkSync("one", file);
    expect(readCredential("redis", "password", environment)).toBe("one");
    unlinkSync(file);
    symlinkSync("two", file);
    expect(readCredential("redis", "password", environment)).toBe("two");
  });

  it("names the variable that is not set", () => {
    expect(() => readCredential("redis", "password", {})).toThrow(
      new CredentialError("REDIS_PASSWORD_FILE is not set: it must hold the path of a credential's file."),
    );
  });

  it("names the file that does not exist", () => {
    expect(() => readCredential("redis", "password", environment)).toThrow(
      new CredentialError(
        `REDIS_PASSWORD_FILE names "${file}", which does not exist: mount the credential there.`,
      ),
    );
  });

  it("refuses an empty file, which would be an empty password", () => {
    writeFileSync(file, "");
    expect(() => readCredential("redis", "password", environment)).toThrow(
      new CredentialError(`REDIS_PASSWORD_FILE names "${file}", which is empty.`),
    );
  });

  it("names a file that cannot be read, and why", () => {
    expect(() => readCredential("redis", "password", { REDIS_PASSWORD_FILE: directory })).toThrow(
      new CredentialError(`REDIS_PASSWORD_FILE names "${directory}", which cannot be read: EISDIR.`),
    );
  });

  it("takes only entries of the contract", () => {
    // @ts-expect-error Redis has no user name
    expect(() => readCredential("redis", "username", environment)).toThrow(CredentialError);
  });
});

describe("readOptionalCredential", () => {
  it("gives nothing where no variable is set or no file exists", () => {
    expect(readOptionalCredential("gateway", "previous-api-key", {})).toBeUndefined();
    expect(readOptionalCredential("gateway", "previous-api-key", environment)).toBeUndefined();
  });

  it("gives what the file holds once it exists", () => {
    writeFileSync(file, "0123456789abcdef");
    expect(readOptionalCredential("gateway", "previous-api-key", environment)).toBe("0123456789abcdef");
  });

  it("refuses an empty file", () => {
    writeFileSync(file, "");
    expect(() => readOptionalCredential("gateway", "previous-api-key", environment)).toThrow(CredentialError);
  });
});

describe("isAccepted", () => {
  it.each([
    ["new", ["new", "old"], true],
    ["old", ["new", "old"], true],
    ["old", ["new", undefined], false],
    ["ne", ["new", "old"], false],
    ["", ["new", undefined], false],
    ["undefined", ["new", undefined], false],
    ["new", [], false],
  ] as const)("%j of %j: %s", (presented, accepted, expected) => {
    expect(isAccepted(presented, accepted)).toBe(expected);
  });
});
