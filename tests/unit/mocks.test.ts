import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { record, secret, settledValue, start } from "./mocks.ts";

function configMap(name: string, data: Record<string, pulumi.Input<string>>) {
  return new k8s.core.v1.ConfigMap(name, { metadata: { name: `${name}-object` }, data });
}

test("records what is asked for, with secrets marked, once for each run", async () => {
  const program = () => {
    configMap("plain", { key: "value" });
    configMap("hidden", { key: pulumi.secret("value") });
  };
  for (const _ of [1, 2]) {
    const { recording } = await record({ program });
    expect(recording.objects()).toEqual(["ConfigMap hidden-object", "ConfigMap plain-object"]);
    expect(recording.find("core/v1:ConfigMap", "plain").inputs.data).toEqual({ key: "value" });
    expect(recording.object("ConfigMap", "hidden-object").inputs.data).toEqual(secret({ key: "value" }));
  }
});

test("finds loudly", async () => {
  const { recording } = await record({ program: () => void configMap("there", {}) });
  expect(() => recording.find("ConfigMap", "elsewhere")).toThrow(
    "0 resources are ConfigMap elsewhere; there are\nkubernetes:core/v1:ConfigMap there",
  );
  expect(() => recording.object("Secret", "x")).toThrow(
    "0 objects are Secret x; there are\nConfigMap there-object",
  );
});

test("calls of provider functions are refused", async () => {
  const { outputs } = await start({ program: () => pulumi.runtime.invoke("kubernetes:yaml:decode", {}) });
  await expect(outputs).rejects.toThrow("the program calls kubernetes:yaml:decode, which needs an engine");
});

test("a program that throws rejects, with and without a resource before", async () => {
  const { outputs } = await start({
    program: () => {
      configMap("before", {});
      throw new Error("broken");
    },
  });
  await expect(outputs).rejects.toThrow("broken");
});

test("the value of an output rejects when the output does, and when it is unknown", async () => {
  await expect(settledValue(pulumi.output("a"))).resolves.toBe("a");
  await expect(settledValue(pulumi.output(Promise.reject(new Error("lost"))))).rejects.toThrow("lost");
  await expect(settledValue(pulumi.output(pulumi.unknown as string))).rejects.toThrow("unknown");
});
