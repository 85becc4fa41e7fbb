import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { revisionOf } from "./checksum.ts";

/** A secret value, and what tells that it has changed. */
export interface Credential {
  readonly value: pulumi.Output<string>;
  /** Changes exactly when the value does; tells nothing of it. */
  readonly revision: pulumi.Output<string>;
}

/** Where the value of one credential comes from. */
export interface CredentialSource {
  /** The value, where somebody else has chosen it. @default a generated one */
  readonly given?: string;
  /** Which generated value: another number is another value. */
  readonly generation: number;
  /** Characters of a generated value: letters and digits, 5.95 bits each. */
  readonly length: number;
}

/** The credentials that the platform is made with. */
export type CredentialId = "database" | "redis" | "jwtSecret" | "apiKey" | "prometheusToken";

export interface CredentialsArgs {
  readonly sources: Readonly<Record<CredentialId, CredentialSource>>;
}

/**
 * The secret values of the platform, generated unless given. They are secrets to Pulumi: encrypted in its state,
 * hidden in previews and logs. The tier whose server checks a value publishes the Secret that its readers mount.
 */
export class Credentials extends pulumi.ComponentResource {
  readonly credentials: Readonly<Record<CredentialId, Credential>>;

  constructor(name: string, { sources }: CredentialsArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:foundation:Credentials", name, {}, options);
    const revisionKey = this.password(`${name}-revision-key`, { generation: 1, length: 43 });
    const make = (id: CredentialId): Credential => {
      const value = this.credentialValue(`${name}-${kebabCase(id)}`, sources[id]);
      return { value, revision: revisionOf(revisionKey, value) };
    };
    this.credentials = {
      database: make("database"),
      redis: make("redis"),
      jwtSecret: make("jwtSecret"),
      apiKey: make("apiKey"),
      prometheusToken: make("prometheusToken"),
    };
    this.registerOutputs();
  }

  private credentialValue(name: string, source: CredentialSource): pulumi.Output<string> {
    return source.given === undefined ? this.password(name, source) : pulumi.secret(source.given);
  }

  private password(name: string, { generation, length }: CredentialSource): pulumi.Output<string> {
    const keepers = { generation: String(generation) };
    return new random.RandomPassword(name, { length, special: false, keepers }, { parent: this }).result;
  }
}

function kebabCase(id: string): string {
  return id.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
