import { credentials } from "@grpc/grpc-js";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb.js";
import { ResourceProviderClient, ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import type {
  CheckResponse,
  CreateResponse,
  DiffResponse,
  ReadResponse,
  UpdateResponse,
} from "@pulumi/pulumi/proto/provider_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { startServer } from "../../local/plugins/serve.ts";
import { tlsProvider } from "../../local/plugins/tls-provider.ts";
import { call, message, type Values, values } from "./grpc.ts";

/** Types of the provider's resources. */
export const types = {
  key: "tls:index/privateKey:PrivateKey",
  request: "tls:index/certRequest:CertRequest",
  authority: "tls:index/selfSignedCert:SelfSignedCert",
  certificate: "tls:index/locallySignedCert:LocallySignedCert",
};

/** What a resource is made of, as the engine hands it back later: without the marks of secrets. */
export interface Made {
  readonly id: string;
  readonly state: Values;
  /** Names of what is secret, sorted. */
  readonly secrets: readonly string[];
}

/** The provider behind gRPC, as the engine calls it. */
export async function startTlsProvider(now: () => Date) {
  const server = await startServer(ResourceProviderService as never, tlsProvider(now));
  const client = new ResourceProviderClient(`127.0.0.1:${server.port}`, credentials.createInsecure());
  const urnOf = (type: string) => `urn:pulumi:dev::project::my:Component$${type}::name`;
  return {
    async version(): Promise<string> {
      const info = await call<PluginInfo>((done) => client.getPluginInfo(new empty.Empty(), done));
      return info.getVersion();
    },
    async check(type: string, inputs: Values): Promise<string[]> {
      const request = new provider.CheckRequest().setUrn(urnOf(type)).setNews(message(inputs));
      const response = await call<CheckResponse>((done) => client.check(request, done));
      return response.getFailuresList().map((failure) => `${failure.getProperty()} ${failure.getReason()}`);
    },
    async create(type: string, inputs: Values, options: { readonly preview?: boolean } = {}): Promise<Made> {
      const request = new provider.CreateRequest()
        .setUrn(urnOf(type))
        .setProperties(message(inputs))
        .setPreview(options.preview ?? false);
      const response = await call<CreateResponse>((done) => client.create(request, done));
      return { id: response.getId(), ...unmarked(values(response.getProperties())) };
    },
    async diff(type: string, state: Values, inputs: Values) {
      const request = new provider.DiffRequest()
        .setUrn(urnOf(type))
        .setOlds(message(state))
        .setNews(message(inputs));
      const response = await call<DiffResponse>((done) => client.diff(request, done));
      return {
        isChanged: response.getChanges() === provider.DiffResponse.DiffChanges.DIFF_SOME,
        changed: response.getDiffsList(),
        replaces: response.getReplacesList(),
      };
    },
    async update(type: string, { id, state }: Made, inputs: Values) {
      const request = new provider.UpdateRequest()
        .setUrn(urnOf(type))
        .setId(id)
        .setOlds(message(state))
        .setNews(message(inputs));
      const response = await call<UpdateResponse>((done) => client.update(request, done));
      return unmarked(values(response.getProperties()));
    },
    async read(type: string, { id, state }: Pick<Made, "id" | "state">) {
      const request = new provider.ReadRequest().setUrn(urnOf(type)).setId(id).setProperties(message(state));
      const response = await call<ReadResponse>((done) => client.read(request, done));
      return unmarked(values(response.getProperties()));
    },
    close(): void {
      client.close();
      server.close();
    },
  };
}

/** The provider as it is called. */
export type TlsProvider = Awaited<ReturnType<typeof startTlsProvider>>;

const secretMark = "4dabf18193072939515e22adb298388d";

function unmarked(given: Values): Pick<Made, "state" | "secrets"> {
  const entries = Object.entries(given);
  return {
    state: Object.fromEntries(entries.map(([name, value]) => [name, isMarked(value) ? value.value : value])),
    secrets: entries.flatMap(([name, value]) => (isMarked(value) ? [name] : [])).sort(),
  };
}

function isMarked(value: unknown): value is Values {
  return typeof value === "object" && value !== null && secretMark in value;
}
