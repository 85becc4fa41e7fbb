import { describe, expect, expectTypeOf, it } from "vitest";
import { commonSettings, gatewaySettings, verifierSettings } from "../../../components/contract/runtime.ts";
import { readSettings, SettingsError } from "../../../services/runtime/settings.ts";

const environment = {
  SERVICE_NAME: "tsn-verification",
  STANDARD: "tsn",
  DATABASE_HOST: "postgresql.iot.svc.cluster.local",
  DATABASE_PORT: "5432",
  DATABASE_NAME: "platform",
  REDIS_HOST: "redis.iot.svc.cluster.local",
  REDIS_PORT: "6379",
  COQ_VERSION: "8.20.1",
  TLA_VERSION: "1.8.0",
  RUST_VERSION: "1.88.0",
  Z3_VERSION: "4.15.4",
  LOG_LEVEL: "info",
  LOG_FORMAT: "json",
  MAX_CONCURRENT_VERIFICATIONS: "2",
  VERIFICATION_TIMEOUT: "300",
  RESOURCE_LIMITS_CPU: "1500m",
  RESOURCE_LIMITS_MEMORY: "1Gi",
  MAX_QUEUED_VERIFICATIONS: "1000",
  RATE_LIMIT_PER_MINUTE: "120",
  MAX_REQUEST_BYTES: "1048576",
  OTEL_EXPORTER_OTLP_ENDPOINT: "",
};

/** What is wrong with one value of a variable. */
function problemsOf(variable: keyof typeof environment, value: string): readonly string[] {
  try {
    readSettings([variable], { ...environment, [variable]: value });
    return [];
  } catch (error) {
    return (error as SettingsError).problems;
  }
}

describe("readSettings", () => {
  it("gives every setting of the contract in its own type", () => {
    const all = [...commonSettings, ...gatewaySettings, ...verifierSettings, "STANDARD"] as const;
    const settings = readSettings(all, environment);
    expect(settings).toEqual({
      ...environment,
      DATABASE_PORT: 5432,
      REDIS_PORT: 6379,
      MAX_CONCURRENT_VERIFICATIONS: 2,
      VERIFICATION_TIMEOUT: 300,
      RESOURCE_LIMITS_CPU: 1500,
      RESOURCE_LIMITS_MEMORY: 2 ** 30,
      MAX_QUEUED_VERIFICATIONS: 1000,
      RATE_LIMIT_PER_MINUTE: 120,
      MAX_REQUEST_BYTES: 1_048_576,
    });
    expectTypeOf(settings.VERIFICATION_TIMEOUT).toEqualTypeOf<number>();
    expectTypeOf(settings.LOG_FORMAT).toEqualTypeOf<"json" | "text">();
    expectTypeOf(settings.STANDARD).toEqualTypeOf<"tsn" | "opcua" | "onem2m" | "wot" | "matter">();
  });

  it("gives and demands only what is asked for, and the service's name", () => {
    const settings = readSettings(["LOG_LEVEL"], { SERVICE_NAME: "api-gateway", LOG_LEVEL: "warn" });
    expect(settings).toEqual({ SERVICE_NAME: "api-gateway", LOG_LEVEL: "warn" });
    // @ts-expect-error it was not asked for
    expect(settings.DATABASE_HOST).toBeUndefined();
  });

  it("reports every problem together, with the variable, its value and what is allowed", () => {
    const bad = { SERVICE_NAME: "api-gateway", REDIS_PORT: "70000", LOG_LEVEL: "verbose" };
    expect(() => readSettings(["DATABASE_HOST", "REDIS_PORT", "LOG_LEVEL"], bad)).toThrow(
      new SettingsError([
        "DATABASE_HOST is not set (DNS name of the PostgreSQL service; allowed: any text but the empty one)",
        'REDIS_PORT is "70000" (TCP port of the Redis service; allowed: a whole number from 1 to 65535)',
        'LOG_LEVEL is "verbose" (least severe level that is written: debug, info, warn or error; allowed: one of debug, info, warn, error)',
      ]),
    );
  });

  it("says what to do", () => {
    expect(() => readSettings([], {})).toThrow(
      "The environment does not keep the runtime contract.\n" +
        "- SERVICE_NAME is not set (name of the workload; allowed: any text but the empty one)\n" +
        "Correct the environment of the process; in a cluster, the stack's configuration gives it.",
    );
  });

  it.each([
    ["DATABASE_PORT", "0"],
    ["DATABASE_PORT", "5432.0"],
    ["DATABASE_PORT", " 5432"],
    ["DATABASE_PORT", "0x1538"],
    ["VERIFICATION_TIMEOUT", "-1"],
    ["VERIFICATION_TIMEOUT", "1e3"],
    ["RESOURCE_LIMITS_CPU", "0"],
    ["RESOURCE_LIMITS_CPU", "two"],
    ["RESOURCE_LIMITS_MEMORY", "512MB"],
    ["RESOURCE_LIMITS_MEMORY", "0Mi"],
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"],
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "grpc://collector:4317"],
    ["STANDARD", "zigbee"],
    ["DATABASE_NAME", ""],
  ] as const)("refuses %s=%j", (variable, value) => {
    expect(problemsOf(variable, value)).toEqual([
      expect.stringContaining(`${variable} is ${JSON.stringify(value)} (`),
    ]);
  });

  it.each([
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318"],
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector.monitoring.svc/otlp"],
    ["RESOURCE_LIMITS_CPU", "0.5"],
    ["DATABASE_PORT", "65535"],
  ] as const)("takes %s=%j", (variable, value) => {
    expect(problemsOf(variable, value)).toEqual([]);
  });
});
