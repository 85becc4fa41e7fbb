import { credentials } from "@grpc/grpc-js";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb.js";
import { ResourceProviderClient, ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import type {
  CheckResponse,
  CreateResponse,
  DiffResponse,
  ReadResponse,
} from "@pulumi/pulumi/proto/provider_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { gte } from "semver";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../../local/paths.ts";
import { requiredPlugins } from "../../local/plugins/packages.ts";
import { unknownValue } from "../../local/plugins/properties.ts";
import { randomProvider } from "../../local/plugins/random-provider.ts";
import { type PluginServer, startServer } from "../../local/plugins/serve.ts";
import { call, message, type Values, values } from "./grpc.ts";

const secretMark = "4dabf18193072939515e22adb298388d";
const urnOf = (type: string) => `urn:pulumi:dev::project::my:Component$random:index/${type}::name`;

describe("the random provider", () => {
  let server: PluginServer;
  let client: ResourceProviderClient;

  beforeAll(async () => {
    server = await startServer(ResourceProviderService as never, randomProvider());
    client = new ResourceProviderClient(`127.0.0.1:${server.port}`, credentials.createInsecure());
  });
  afterAll(() => {
    client.close();
    server.close();
  });

  async function check(type: string, inputs: Values): Promise<string[]> {
    const request = new provider.CheckRequest().setUrn(urnOf(type)).setNews(message(inputs));
    const response = await call<CheckResponse>((done) => client.check(request, done));
    return response.getFailuresList().map((failure) => `${failure.getProperty()} ${failure.getReason()}`);
  }
  async function create(
    type: string,
    inputs: Values,
    preview = false,
  ): Promise<{ id: string; state: Values }> {
    const request = new provider.CreateRequest()
      .setUrn(urnOf(type))
      .setProperties(message(inputs))
      .setPreview(preview);
    const response = await call<CreateResponse>((done) => client.create(request, done));
    return { id: response.getId(), state: values(response.getProperties()) };
  }
  async function diff(type: string, state: Values, inputs: Values): Promise<string[]> {
    const request = new provider.DiffRequest()
      .setUrn(urnOf(type))
      .setOlds(message(state))
      .setNews(message(inputs));
    const response = await call<DiffResponse>((done) => client.diff(request, done));
    const { DIFF_NONE, DIFF_SOME } = provider.DiffResponse.DiffChanges;
    expect(response.getChanges()).toBe(response.getReplacesList().length > 0 ? DIFF_SOME : DIFF_NONE);
    return response.getReplacesList();
  }
  async function read(
    type: string,
    id: string,
    state: Values = {},
  ): Promise<{ id: string; state: Values; inputs: Values }> {
    const request = new provider.ReadRequest().setUrn(urnOf(type)).setId(id).setProperties(message(state));
    const response = await call<ReadResponse>((done) => client.read(request, done));
    return {
      id: response.getId(),
      state: values(response.getProperties()),
      inputs: values(response.getInputs()),
    };
  }
  /** What the engine hands back later: the state without the marks of secrets. */
  const plain = (state: Values): Values =>
    Object.fromEntries(
      Object.entries(state).map(([name, value]) => [
        name,
        typeof value === "object" && value !== null && secretMark in value
          ? (value as unknown as Values).value
          : value,
      ]),
    );

  it("reports a version that satisfies the one the SDK asks for", async () => {
    const info = await call<PluginInfo>((done) => client.getPluginInfo(new empty.Empty(), done));
    const wanted = requiredPlugins(root).find(({ name }) => name === "random")?.version ?? "";
    expect(gte(info.getVersion(), wanted)).toBe(true);
    expect(info.getVersion()).not.toBe(wanted);
  });

  it("marks a password secret and keeps it out of the id", async () => {
    const { id, state } = await create("randomPassword:RandomPassword", { length: 20 });
    expect(id).toBe("none");
    expect(state.result).toMatchObject({
      [secretMark]: expect.any(String),
      value: expect.stringMatching(/^.{20}$/),
    });
    expect(plain(state)).toMatchObject({ length: 20, upper: true, numeric: true, number: true, minLower: 0 });
  });

  it("does not mark a string secret and uses it as id", async () => {
    const { id, state } = await create("randomString:RandomString", { length: 9, special: false });
    expect(state.result).toMatch(/^[A-Za-z0-9]{9}$/);
    expect(id).toBe(state.result);
  });

  it("gives the same id in all its forms, prefixed", async () => {
    const { id, state } = await create("randomId:RandomId", { byteLength: 5, prefix: "p-" });
    const bytes = Buffer.from(id, "base64url");
    expect(bytes).toHaveLength(5);
    expect(state).toMatchObject({
      hex: `p-${bytes.toString("hex")}`,
      b64Std: `p-${bytes.toString("base64")}`,
      b64Url: `p-${id}`,
      dec: `p-${BigInt(`0x${bytes.toString("hex")}`)}`,
    });
  });

  it("makes secret bytes", async () => {
    const { id, state } = await create("randomBytes:RandomBytes", { length: 32 });
    expect(id).toBe("none");
    expect(Object.keys(state.hex as object)).toContain(secretMark);
    const { hex, base64 } = plain(state) as { hex: string; base64: string };
    expect(Buffer.from(base64, "base64").toString("hex")).toBe(hex);
    expect(hex).toHaveLength(64);
  });

  it("leaves values unknown in a preview", async () => {
    const { id, state } = await create("randomPassword:RandomPassword", { length: 20 }, true);
    expect(id).toBe("");
    expect(plain(state).result).toBe(unknownValue);
  });

  it("finds no change when the inputs are the same", async () => {
    const inputs = { length: 20, keepers: { b: "2", a: "1" } };
    const { state } = await create("randomPassword:RandomPassword", inputs);
    expect(
      await diff("randomPassword:RandomPassword", plain(state), { ...inputs, keepers: { a: "1", b: "2" } }),
    ).toEqual([]);
  });

  it.each([
    ["keepers", { keepers: { a: "2" } }],
    ["length", { length: 21 }],
    ["special", { special: false }],
    ["overrideSpecial", { overrideSpecial: "-" }],
    ["minUpper", { minUpper: 2 }],
    ["keepers", { keepers: undefined }],
  ])("replaces the value when %s changes", async (name, change) => {
    const inputs: Values = { length: 20, keepers: { a: "1" } };
    const { state } = await create("randomPassword:RandomPassword", inputs);
    const given = Object.fromEntries(
      Object.entries({ ...inputs, ...change }).filter(([, value]) => value !== undefined),
    );
    expect(await diff("randomPassword:RandomPassword", plain(state), given)).toEqual([name]);
  });

  it("takes the deprecated number for numeric", async () => {
    const { state } = await create("randomString:RandomString", { length: 40, number: false });
    expect(state).toMatchObject({
      numeric: false,
      number: false,
      result: expect.not.stringMatching(/[0-9]/),
    });
    expect(await diff("randomString:RandomString", state, { length: 40, numeric: false })).toEqual([]);
  });

  it.each<[string, Values, string]>([
    ["randomPassword:RandomPassword", {}, "length must be a whole number of at least 1, it is missing"],
    ["randomPassword:RandomPassword", { length: 0 }, "length must be a whole number of at least 1, not 0"],
    [
      "randomPassword:RandomPassword",
      { length: 2.5 },
      "length must be a whole number of at least 1, not 2.5",
    ],
    [
      "randomPassword:RandomPassword",
      { length: 8, minUpper: -1 },
      "minUpper must be a whole number of at least 0, not -1",
    ],
    [
      "randomString:RandomString",
      { length: 5, minUpper: 3, minLower: 3 },
      "length must be at least 6, the sum of minLower, minNumeric, minSpecial and minUpper, not 5",
    ],
    [
      "randomString:RandomString",
      { length: 5, upper: false, lower: false, numeric: false, special: false },
      "special one of lower, upper, numeric and special must be true",
    ],
    ["randomString:RandomString", { length: 5, upper: "yes" }, 'upper must be true or false, not "yes"'],
    ["randomPassword:RandomPassword", { length: 8, lenght: 9 }, "lenght is not an input of this resource"],
    ["randomId:RandomId", { byteLength: 0 }, "byteLength must be a whole number of at least 1, not 0"],
    ["randomBytes:RandomBytes", { length: "4" }, 'length must be a whole number of at least 1, not "4"'],
  ])("refuses %s with %j", async (type, inputs, failure) => {
    expect(await check(type, inputs)).toEqual([failure]);
  });

  it("accepts what is not known yet", async () => {
    expect(
      await check("randomPassword:RandomPassword", { length: unknownValue, keepers: unknownValue }),
    ).toEqual([]);
  });

  it("names the official plugin for a kind that it does not know", async () => {
    await expect(create("randomPet:RandomPet", {})).rejects.toThrow(
      /randomPet.*pulumi plugin install resource random/,
    );
  });

  it("reads back the state that it is given", async () => {
    const { id, state } = await create("randomPassword:RandomPassword", { length: 12 });
    const again = await read("randomPassword:RandomPassword", id, plain(state));
    expect(again).toMatchObject({ id, state });
  });

  it.each<[string, string, Values, Values]>([
    ["randomPassword:RandomPassword", "s3cret!", { result: "s3cret!" }, { length: 7 }],
    ["randomString:RandomString", "abc", { result: "abc" }, { length: 3 }],
    [
      "randomId:RandomId",
      "my-prefix-,p-9hUg",
      { hex: "my-prefix-a7ef6152" },
      { byteLength: 4, prefix: "my-prefix-" },
    ],
    [
      "randomBytes:RandomBytes",
      "8/fu3q+2DcgSJ19i0jZ5Cw==",
      { hex: "f3f7eedeafb60dc812275f62d236790b" },
      { length: 16 },
    ],
  ])("imports %s from %s", async (type, id, state, inputs) => {
    const imported = await read(type, id);
    expect(plain(imported.state)).toMatchObject(state);
    expect(imported.inputs).toMatchObject(inputs);
    expect(await diff(type, plain(imported.state), inputs)).toEqual([]);
  });

  it("refuses to import what is not in the form of the kind", async () => {
    await expect(read("randomBytes:RandomBytes", "no base64!")).rejects.toThrow(/base64 form/);
  });
});
