import { describe, expect, test } from "vitest";
import { textValues } from "../../../policies/validity/text-values.ts";
import { foundBy, messagesOf } from "../world.ts";

const pod = "spec.template.spec";
const main = `Deployment/web ${pod}.containers.0`;

/** Places of texts, as changes name them and as findings do. */
const places = [
  [`${main}.env.0.value`, `Deployment/web ${pod}.containers[0].env[0].value`],
  [`${main}.args`, `Deployment/web ${pod}.containers[0].args[1]`],
  [`${main}.command`, `Deployment/web ${pod}.containers[0].command[1]`],
  [`Deployment/web ${pod}.initContainers.0.args`, `Deployment/web ${pod}.initContainers[0].args[1]`],
  [`Deployment/web ${pod}.tolerations`, `Deployment/web ${pod}.tolerations[0].value`],
  [`Deployment/web ${pod}.nodeSelector.gpu`, `Deployment/web ${pod}.nodeSelector.gpu`],
  ["Deployment/web metadata.labels.debug", "Deployment/web metadata.labels.debug"],
  [
    "Deployment/web spec.template.metadata.annotations.port",
    "Deployment/web spec.template.metadata.annotations.port",
  ],
  ["Deployment/web spec.selector.matchLabels.debug", "Deployment/web spec.selector.matchLabels.debug"],
  [
    "StatefulSet/store spec.volumeClaimTemplates.0.metadata.labels.a",
    "StatefulSet/store spec.volumeClaimTemplates[0].metadata.labels.a",
  ],
  [
    "CronJob/nightly spec.jobTemplate.metadata.labels.a",
    "CronJob/nightly spec.jobTemplate.metadata.labels.a",
  ],
  ["Service/web spec.selector.debug", "Service/web spec.selector.debug"],
  [
    "NetworkPolicy/web spec.podSelector.matchLabels.debug",
    "NetworkPolicy/web spec.podSelector.matchLabels.debug",
  ],
  ["ConfigMap/web-settings data.port~number", 'ConfigMap/web-settings data["port.number"]'],
] as const;

const shaped = (place: string, value: unknown) => {
  if (/(args|command)$/.test(place)) return ["--port", value];
  return place.endsWith("tolerations") ? [{ key: "a", value }] : value;
};

describe.each(places)("%s", (place, found) => {
  test.each([8080, 0, 1.5, true, false, ["a"], { a: "b" }])("%j is no text", (value) => {
    expect(foundBy(textValues, { [place]: shaped(place, value) })).toEqual([found]);
  });

  test.each(["8080", "true", "", null])("%j is right", (value) => {
    expect(foundBy(textValues, { [place]: shaped(place, value) })).toEqual([]);
  });
});

test("Secrets and storage classes hold texts, too", () => {
  const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "login", namespace: "shop" } };
  const storage = {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: "fast" },
    allowVolumeExpansion: true,
    parameters: { replicas: 3, type: "ssd" },
  };
  expect(
    foundBy(textValues, {
      "Secret/login": { ...secret, data: { pin: 1234 }, stringData: { port: 1, user: "web" } },
      "StorageClass/fast": storage,
    }),
  ).toEqual([
    "Secret/login data.pin",
    "Secret/login stringData.port",
    "StorageClass/fast parameters.replicas",
  ]);
});

test("of custom resources only labels and annotations are known to be texts", () => {
  const custom = {
    apiVersion: "example.com/v1",
    kind: "Machine",
    metadata: { name: "press", labels: { size: 3 } },
    spec: { nodeSelector: { a: 1 }, template: { spec: { containers: [{ name: "a", args: [1] }] } } },
  };
  expect(foundBy(textValues, { "Machine/press": custom })).toEqual(["Machine/press metadata.labels.size"]);
});

test("the message quotes nothing", () => {
  expect(messagesOf(textValues, { [`${main}.env.0.value`]: 73_553_211 })).toEqual([
    "the value is a number, where a text has to be. The API server refuses the object. Put it in quotes.",
  ]);
});
