/**
 * A `tls` provider for machines that cannot download the official plugin: the kinds in tls-values.ts, with the official
 * one's inputs, outputs and life cycle. Left out: keys other than ECDSA on P256, OpenSSH forms of keys, addresses and
 * URIs as names, write-only inputs.
 */
import type grpc from "@grpc/grpc-js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import type {
  CheckRequest,
  CreateRequest,
  DiffRequest,
  ReadRequest,
  UpdateRequest,
} from "@pulumi/pulumi/proto/provider_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { installedVersion } from "./packages.ts";
import { messageOf, propertiesOf, typeOf, unknownValue } from "./properties.ts";
import { servePlugin, unary } from "./serve.ts";
import {
  advice,
  changesOf,
  failuresOf,
  refreshed,
  resolveInputs,
  type TlsKind,
  tlsKinds,
} from "./tls-values.ts";

/** The implementation of the service, for a server of one's own. `now` is what decides when a certificate is due. */
export function tlsProvider(now: () => Date = () => new Date()): grpc.UntypedServiceImplementation {
  return {
    getPluginInfo: unary(() =>
      // Build metadata takes no part in comparisons, so the engine sees the version that the SDK asks for.
      new plugin.PluginInfo().setVersion(
        `${installedVersion(import.meta.dirname, "@pulumi/tls")}+local.stand.in`,
      ),
    ),
    configure: unary(() => new provider.ConfigureResponse().setSupportspreview(true)),
    cancel: unary(() => new empty.Empty()),

    check: unary((request: CheckRequest) => {
      const inputs = propertiesOf(request.getNews());
      const failures = failuresOf(kindOf(request.getUrn()), inputs).map(({ property, reason }) =>
        new provider.CheckFailure().setProperty(property).setReason(reason),
      );
      return new provider.CheckResponse().setInputs(messageOf(inputs)).setFailuresList(failures);
    }),

    diff: unary((request: DiffRequest) => {
      const [state, inputs] = [propertiesOf(request.getOlds()), propertiesOf(request.getNews())];
      const { changed, replaces } = changesOf(kindOf(request.getUrn()), state, inputs, now());
      const { DIFF_NONE, DIFF_SOME } = provider.DiffResponse.DiffChanges;
      return new provider.DiffResponse()
        .setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE)
        .setReplacesList(replaces)
        .setDiffsList(changed);
    }),

    create: unary((request: CreateRequest) => {
      const kind = kindOf(request.getUrn());
      const inputs = resolveInputs(kind, propertiesOf(request.getProperties()));
      const { id, computed } = request.getPreview()
        ? { id: "", computed: Object.fromEntries(kind.computed.map((name) => [name, unknownValue])) }
        : kind.create(inputs, now());
      return new provider.CreateResponse()
        .setId(id)
        .setProperties(messageOf({ ...inputs, ...computed }, kind.secrets));
    }),

    update: unary((request: UpdateRequest) => {
      const kind = kindOf(request.getUrn());
      const inputs = resolveInputs(kind, propertiesOf(request.getNews()));
      const state = { ...propertiesOf(request.getOlds()), ...inputs };
      return new provider.UpdateResponse().setProperties(messageOf(state, kind.secrets));
    }),

    read: unary((request: ReadRequest) => {
      const kind = kindOf(request.getUrn());
      const state = propertiesOf(request.getProperties());
      if (!kind.computed.every((name) => name in state))
        throw new Error("keys and certificates exist nowhere but in the state: they cannot be imported");
      return new provider.ReadResponse()
        .setId(request.getId())
        .setInputs(request.getInputs())
        .setProperties(messageOf(refreshed(state, now()), kind.secrets));
    }),

    // A key and a certificate exist nowhere but in the state.
    delete: unary(() => new empty.Empty()),
  };
}

function kindOf(urn: string): TlsKind {
  const type = typeOf(urn);
  const kind = tlsKinds[type];
  if (kind) return kind;
  throw new Error(
    `the local stand-in of the tls provider does not know ${type}, only ${Object.keys(tlsKinds).join(", ")}: ${advice}`,
  );
}

if (import.meta.main)
  await servePlugin({
    plugin: "pulumi-resource-tls",
    service: ResourceProviderService as unknown as grpc.ServiceDefinition,
    implementation: tlsProvider(),
  });
