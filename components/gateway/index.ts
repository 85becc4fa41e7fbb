import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { keyIdOf } from "../contract/key-id.ts";
import { commonSettings, gatewaySettings, serviceNames, servicePorts } from "../contract/runtime.ts";
import { acceptedEntries, contentOf } from "../foundation/accepted.ts";
import type { Scaling } from "../foundation/autoscaler.ts";
import type { Demand } from "../foundation/capacity-demand.ts";
import type { Credential } from "../foundation/credentials.ts";
import type { Platform } from "../foundation/index.ts";
import { metadataOf } from "../foundation/metadata.ts";
import type { MountedCredential } from "../foundation/mounted-credential.ts";
import { type ContainerResources, heapOf } from "../foundation/resources.ts";
import { Workload } from "../foundation/workload.ts";

export interface GatewayArgs {
  /** What it stands on. */
  readonly platform: Platform;
  /** Complete image reference. */
  readonly image: string;
  /** Number of pods; where it scales, the least. */
  readonly replicas: number;
  /** How far it grows beyond that. @default not at all */
  readonly scaling?: Scaling | undefined;
  /** CPU and memory of each pod. */
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

/** Secret for callers, which the gateway's own pods observe too. */
const publishedSecret = "api-credentials";

/**
 * The gateway tier: the platform's only public door.
 *
 * Its pods learn from the callers' Secret which key to sign with: it names a new one only once every pod accepts it.
 */
export class Gateway extends pulumi.ComponentResource {
  /** URL of the API inside the cluster, once the gateway is available. */
  readonly url: pulumi.Output<string>;
  /** Name of the Secret with the key that opens the API, entry `api-key`, once the gateway accepts it. */
  readonly secret: pulumi.Output<string>;
  /** What it may ask of the namespace. */
  readonly demands: readonly Demand[];

  constructor(name: string, args: GatewayArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:gateway:Gateway", name, {}, options);
    const accepted = acceptedEntries({ "jwt-secret": args.jwtSecret, "api-key": args.apiKey });
    const acceptedSecret = this.createAcceptedSecret(`${name}-accepted`, args, accepted);
    const workload = this.createWorkload(`${name}-api`, args, {
      credential: "gateway",
      secret: acceptedSecret.metadata.name,
      entries: Object.keys(accepted),
      revision: args.platform.revisionOf(contentOf(accepted)),
    });
    const published = this.createPublishedSecret(`${name}-published`, args, workload.url);
    this.url = workload.url;
    this.secret = published.metadata.name;
    this.demands = [workload.demand];
    this.registerOutputs({ url: this.url, secret: this.secret });
  }

  private createAcceptedSecret(
    name: string,
    { platform }: GatewayArgs,
    stringData: Record<string, pulumi.Output<string>>,
  ) {
    const metadata = metadataOf({
      name: "api-gateway-accepted-credentials",
      namespace: platform.namespace,
      workload: serviceNames.gateway,
      component: "gateway",
    });
    return new k8s.core.v1.Secret(name, { metadata, stringData }, { parent: this });
  }

  /** The Secret for callers; a rotated key is in it only once every pod of the gateway accepts it. */
  private createPublishedSecret(
    name: string,
    { platform, apiKey, jwtSecret }: GatewayArgs,
    url: pulumi.Output<string>,
  ) {
    const metadata = metadataOf({
      name: publishedSecret,
      namespace: platform.namespace,
      workload: serviceNames.gateway,
      component: "gateway",
    });
    return new k8s.core.v1.Secret(
      name,
      {
        metadata,
        stringData: { url, "api-key": apiKey.value, "signing-key-id": jwtSecret.value.apply(keyIdOf) },
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
        scaling: args.scaling,
        resources: args.resources,
        scratch: args.scratch,
        servicePort: servicePorts.gateway,
        settings: [...commonSettings, ...gatewaySettings],
        credentials: [...args.credentials, credential],
        observed: [{ credential: "signing", secret: publishedSecret, entries: ["signing-key-id"] }],
        heapBytes: heapOf(args.resources.limits.memory),
        terminationGracePeriodSeconds: 30,
      },
      { parent: this },
    );
  }
}
