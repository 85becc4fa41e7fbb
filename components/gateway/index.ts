import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { commonSettings, serviceNames, servicePorts } from "../contract/runtime.ts";
import type { Credential } from "../foundation/credentials.ts";
import type { Platform } from "../foundation/index.ts";
import { workloadLabels } from "../foundation/labels.ts";
import { type MountedCredential, secretMount } from "../foundation/mounted-credential.ts";
import type { ContainerResources } from "../foundation/resources.ts";
import { Workload } from "../foundation/workload.ts";

export interface GatewayArgs {
  readonly platform: Platform;
  /** Complete image reference. */
  readonly image: string;
  readonly replicas: number;
  readonly resources: ContainerResources;
  /** Size of a pod's scratch space, as a Kubernetes quantity. */
  readonly scratch: string;
  /** Logins of the database and the cache. */
  readonly credentials: readonly MountedCredential[];
  /** HMAC key of the JSON Web Tokens that the gateway issues and checks. */
  readonly jwtSecret: Credential;
  /** Key that callers present. */
  readonly apiKey: Credential;
}

/** The gateway tier: the platform's only public door. */
export class Gateway extends pulumi.ComponentResource {
  /** URL of the API inside the cluster, once the gateway is available. */
  readonly url: pulumi.Output<string>;
  /** Name of the Secret that opens the API: entries `jwt-secret` and `api-key`. */
  readonly secret: pulumi.Output<string>;

  constructor(name: string, args: GatewayArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:gateway:Gateway", name, {}, options);
    const secret = this.createSecret(`${name}-credentials`, args);
    const revision = pulumi.interpolate`${args.jwtSecret.revision}-${args.apiKey.revision}`;
    const workload = this.createWorkload(`${name}-api`, args, secretMount("gateway", secret, revision));
    this.url = workload.url;
    this.secret = secret.metadata.name;
    this.registerOutputs({ url: this.url, secret: this.secret });
  }

  private createSecret(name: string, { platform, jwtSecret, apiKey }: GatewayArgs) {
    return new k8s.core.v1.Secret(
      name,
      {
        metadata: {
          name: "gateway-credentials",
          namespace: platform.namespace,
          labels: workloadLabels(serviceNames.gateway, "gateway"),
        },
        stringData: { "jwt-secret": jwtSecret.value, "api-key": apiKey.value },
      },
      { parent: this },
    );
  }

  private createWorkload(name: string, args: GatewayArgs, credential: MountedCredential) {
    return new Workload(
      name,
      {
        platform: args.platform,
        workload: serviceNames.gateway,
        component: "gateway",
        image: args.image,
        replicas: args.replicas,
        resources: args.resources,
        scratch: args.scratch,
        servicePort: servicePorts.gateway,
        settings: commonSettings,
        credentials: [...args.credentials, credential],
        terminationGracePeriodSeconds: 30,
      },
      { parent: this },
    );
  }
}
