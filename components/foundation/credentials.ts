import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { revisionWith } from "./checksum.ts";

/** A secret value. */
export interface Credential {
  readonly value: pulumi.Output<string>;
  /** The value before this one, which a server goes on to accept while readers change over; absent when there was none. */
  readonly previous?: pulumi.Output<string>;
}

/** Where the value of one credential comes from. */
export interface CredentialSource {
  /** The value, where somebody else has chosen it. @default a generated one */
  readonly given?: string | undefined;
  /** The value before it, where somebody else had chosen that. @default the generated one before it, if any */
  readonly givenPrevious?: string | undefined;
  /** Which generated value, from 1: the one before it is kept, so that going back by one brings it back. */
  readonly generation: number;
  /** Characters of a generated value: letters and digits, 5.95 bits each. */
  readonly length: number;
}

/** The credentials that the platform is made with. */
export const credentialIds = [
  "database",
  "databaseMonitoring",
  "redis",
  "redisMonitoring",
  "jwtSecret",
  "apiKey",
  "prometheusToken",
  "objectStorage",
  "grafana",
  "grafanaSecretKey",
  "elastic",
  "kibanaUser",
  "logstashUser",
  "jaegerUser",
  "grafanaUser",
  "elasticsearchExporterUser",
  "kibanaEncryption",
] as const;
export type CredentialId = (typeof credentialIds)[number];

export interface CredentialsArgs {
  readonly sources: Readonly<Record<CredentialId, CredentialSource>>;
}

/**
 * The secret values of the platform, generated unless given. They are secrets to Pulumi: encrypted in its state,
 * hidden in previews and logs. The tier whose server checks a value publishes the Secret that its readers mount.
 */
export class Credentials extends pulumi.ComponentResource {
  readonly credentials: Readonly<Record<CredentialId, Credential>>;
  /** Revision of any content: changes exactly when the content does, and tells nothing of it. */
  readonly revisionOf: (content: pulumi.Input<string>) => pulumi.Output<string>;
  /** What revisions are keyed with. */
  readonly revisionKey: pulumi.Output<string>;

  constructor(name: string, { sources }: CredentialsArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:foundation:Credentials", name, {}, options);
    // Another key would be another revision of everything: every login renamed, every pod rolled.
    this.revisionKey = this.generate(`${name}-revision-key`, 43);
    this.revisionOf = revisionWith(this.revisionKey);
    const make = (id: CredentialId) => this.createCredential(`${name}-${kebabCase(id)}`, sources[id]);
    this.credentials = Object.fromEntries(credentialIds.map((id) => [id, make(id)])) as Record<
      CredentialId,
      Credential
    >;
    this.registerOutputs();
  }

  private createCredential(name: string, source: CredentialSource): Credential {
    const { given, givenPrevious, generation, length } = source;
    const generated = (number: number) => this.generate(`${name}-${number}`, length);
    const value = given === undefined ? generated(generation) : pulumi.secret(given);
    if (givenPrevious !== undefined) return { value, previous: pulumi.secret(givenPrevious) };
    if (given !== undefined) return { value, previous: generated(generation) };
    return generation > 1 ? { value, previous: generated(generation - 1) } : { value };
  }

  private generate(name: string, length: number): pulumi.Output<string> {
    return new random.RandomPassword(name, { length, special: false }, { parent: this }).result;
  }
}

function kebabCase(id: string): string {
  return id.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
