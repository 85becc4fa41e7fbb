import type * as pulumi from "@pulumi/pulumi";

/** A Secret as who mounts it is told of it. */
export interface SecretRevision {
  /** Its name; what it is derived from decides when who mounts it may start. */
  readonly secret: pulumi.Input<string>;
  /** Changes exactly when its content does. */
  readonly revision: pulumi.Input<string>;
}

/** One that is published once a server accepts it. */
export interface PublishedSecret extends SecretRevision {
  readonly secret: pulumi.Output<string>;
  readonly revision: pulumi.Output<string>;
}
