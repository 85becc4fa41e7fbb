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
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { installedVersion } from "./packages.ts";
import {
  changedInputs,
  type Properties,
  type RandomKind,
  randomKinds,
  resolveInputs,
  unknownValue,
} from "./random-values.ts";
import { servePlugin, unary } from "./serve.ts";

/** How a secret travels to the engine. */
const secretMark = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

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
      const inputs = properties(request.getNews());
      const unexpected = Object.keys(inputs).filter((name) => !(name in kind.inputs));
      const failures = [
        ...unexpected.map((property) => ({ property, reason: "is not an input of this resource" })),
        ...kind.check(resolveInputs(kind, inputs)),
      ];
      return new provider.CheckResponse()
        .setInputs(message(inputs))
        .setFailuresList(
          failures.map(({ property, reason }) =>
            new provider.CheckFailure().setProperty(property).setReason(reason),
          ),
        );
    }),

    diff: unary((request: DiffRequest) => {
      const kind = kindOf(request.getUrn());
      const replaces = changedInputs(kind, properties(request.getOlds()), properties(request.getNews()));
      const { DIFF_NONE, DIFF_SOME } = provider.DiffResponse.DiffChanges;
      return new provider.DiffResponse()
        .setChanges(replaces.length > 0 ? DIFF_SOME : DIFF_NONE)
        .setReplacesList(replaces)
        .setDiffsList(replaces);
    }),

    create: unary((request: CreateRequest) => {
      const kind = kindOf(request.getUrn());
      const inputs = resolveInputs(kind, properties(request.getProperties()));
      const { id, computed } = request.getPreview()
        ? { id: "", computed: Object.fromEntries(kind.computed.map((name) => [name, unknownValue])) }
        : kind.create(inputs);
      return new provider.CreateResponse().setId(id).setProperties(outputs(kind, { ...inputs, ...computed }));
    }),

    read: unary((request: ReadRequest) => {
      const kind = kindOf(request.getUrn());
      const state = properties(request.getProperties());
      const response = new provider.ReadResponse();
      if (kind.computed.every((name) => name in state))
        return response
          .setId(request.getId())
          .setInputs(request.getInputs())
          .setProperties(outputs(kind, state));
      const { id, inputs, computed } = kind.adopt(request.getId());
      const resolved = resolveInputs(kind, inputs);
      return response
        .setId(id)
        .setInputs(message(resolved))
        .setProperties(outputs(kind, { ...resolved, ...computed }));
    }),

    // A random value exists nowhere but in the state.
    delete: unary(() => new empty.Empty()),
  };
}

function kindOf(urn: string): RandomKind {
  const type = (urn.split("::")[2] ?? "").split("$").at(-1) ?? "";
  const kind = randomKinds[type];
  if (kind) return kind;
  throw new Error(
    `the local stand-in of the random provider does not know ${type}, only ${Object.keys(randomKinds).join(", ")}: ` +
      "install the official plugin with `pulumi plugin install resource random`",
  );
}

function outputs(kind: RandomKind, values: Properties): struct.Struct {
  return message(
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        kind.secrets.includes(name) ? { ...secretMark, value } : value,
      ]),
    ),
  );
}

function properties(value: struct.Struct | undefined): Properties {
  return (value?.toJavaScript() ?? {}) as Properties;
}

function message(values: Properties): struct.Struct {
  return struct.Struct.fromJavaScript(
    Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Record<
      string,
      struct.JavaScriptValue
    >,
  );
}

if (import.meta.main)
  await servePlugin({
    plugin: "pulumi-resource-random",
    service: ResourceProviderService as unknown as grpc.ServiceDefinition,
    implementation: randomProvider(),
  });
