import * as pulumi from "@pulumi/pulumi";
import type { Asked } from "./mocks.ts";

/** The secret values that providers have generated for these. */
export function generatedSecrets(asked: readonly Pick<Asked, "type" | "name">[]): string[] {
  return asked
    .filter(({ type }) => generatedOutputs[type]?.secrets !== undefined)
    .map(({ name }) => `generated-${name}`);
}

/** What providers add to the inputs. What they generate is a function of its name, and of whether it is secret. */
export function generatedState(type: string, name: string) {
  const { secrets = [], plain = [] } = generatedOutputs[type] ?? {};
  return Object.fromEntries([
    ...secrets.map((output) => [output, pulumi.secret(`generated-${name}`)]),
    ...plain.map((output) => [output, `public-${name}`]),
  ]);
}

/** The outputs that the program reads, by type. */
const generatedOutputs: Readonly<Record<string, { secrets?: readonly string[]; plain?: readonly string[] }>> =
  {
    "random:index/randomPassword:RandomPassword": { secrets: ["result"] },
    "tls:index/privateKey:PrivateKey": { secrets: ["privateKeyPem", "privateKeyPemPkcs8"] },
    "tls:index/certRequest:CertRequest": { plain: ["certRequestPem"] },
    "tls:index/selfSignedCert:SelfSignedCert": { plain: ["certPem"] },
    "tls:index/locallySignedCert:LocallySignedCert": { plain: ["certPem"] },
  };
