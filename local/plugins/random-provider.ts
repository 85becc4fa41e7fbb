/**
 * A `random` provider for machines that cannot download the official plugin: the kinds in random-values.ts, with
 * the official one's inputs, outputs and life cycle. Left out: `bcryptHash`, which would need a bcrypt library.
 */
import type grpc from "@grpc/grpc-js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import type {
  CheckRequest,
  CreateRequest,
  DiffRequest,
  ReadRequest,
} from "@pulumi/pulumi/proto/provider_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { installedVersion } from "./packages.ts";
import { messageOf, propertiesOf, typeOf, unknownValue } from "./properties.ts";
import { changedInputs, type RandomKind, randomKinds, resolveInputs } from "./random-values.ts";
import { servePlugin, unary } from "./serve.ts";

/** The implementation of the service, for a server of one's own. */
export function randomProvider(): grpc.UntypedServiceImplementation {
  return {
    getPluginInfo: unary(() =>
      // Build metadata takes no part in comparisons, so the engine sees the version that the SDK asks for.
      new plugin.PluginInfo().setVersion(
        `${installedVersion(import.meta.dirname, "@pulumi/random")}+local.stand.in`,
      ),
    ),
    configure: unary(() => new provider.ConfigureResponse().setSupportspreview(true)),
    cancel: unary(() => new empty.Empty()),

    check: unary((request: CheckRequest) => {
      const kind = kindOf(request.getUrn());
      const inputs = propertiesOf(request.getNews());
      const unexpected = Object.keys(inputs).filter((name) => !(name in kind.inputs));
      const failures = [
        ...unexpected.map((property) => ({ property, reason: "is not an input of this resource" })),
        ...kind.check(resolveInputs(kind, inputs)),
      ];
      return new provider.CheckResponse()
        .setInputs(messageOf(inputs))
        .setFailuresList(
          failures.map(({ property, reason }) =>
            new provider.CheckFailure().setProperty(property).setReason(reason),
          ),
        );
    }),

    diff: unary((request: DiffRequest) => {
      const kind = kindOf(request.getUrn());
      const replaces = changedInputs(kind, propertiesOf(request.getOlds()), propertiesOf(request.getNews()));
      const { DIFF_NONE, DIFF_SOME } = provider.DiffResponse.DiffChanges;
      return new provider.DiffResponse()
        .setChanges(replaces.length > 0 ? DIFF_SOME : DIFF_NONE)
        .setReplacesList(replaces)
        .setDiffsList(replaces);
    }),

    create: unary((request: CreateRequest) => {
      const kind = kindOf(request.getUrn());
      const inputs = resolveInputs(kind, propertiesOf(request.getProperties()));
      const { id, computed } = request.getPreview()
        ? { id: "", computed: Object.fromEntries(kind.computed.map((name) => [name, unknownValue])) }
        : kind.create(inputs);
      return new provider.CreateResponse()
        .setId(id)
        .setProperties(messageOf({ ...inputs, ...computed }, kind.secrets));
    }),

    read: unary((request: ReadRequest) => {
      const kind = kindOf(request.getUrn());
      const state = propertiesOf(request.getProperties());
      const response = new provider.ReadResponse();
      if (kind.computed.every((name) => name in state))
        return response
          .setId(request.getId())
          .setInputs(request.getInputs())
          .setProperties(messageOf(state, kind.secrets));
      const { id, inputs, computed } = kind.adopt(request.getId());
      const resolved = resolveInputs(kind, inputs);
      return response
        .setId(id)
        .setInputs(messageOf(resolved))
        .setProperties(messageOf({ ...resolved, ...computed }, kind.secrets));
    }),

    // A random value exists nowhere but in the state.
    delete: unary(() => new empty.Empty()),
  };
}

function kindOf(urn: string): RandomKind {
  const type = typeOf(urn);
  const kind = randomKinds[type];
  if (kind) return kind;
  throw new Error(
    `the local stand-in of the random provider does not know ${type}, only ${Object.keys(randomKinds).join(", ")}: ` +
      "install the official plugin with `pulumi plugin install resource random`",
  );
}

if (import.meta.main)
  await servePlugin({
    plugin: "pulumi-resource-random",
    service: ResourceProviderService as unknown as grpc.ServiceDefinition,
    implementation: randomProvider(),
  });
