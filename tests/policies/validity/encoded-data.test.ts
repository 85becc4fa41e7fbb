import { expect, test } from "vitest";
import { encodedData } from "../../../policies/validity/encoded-data.ts";
import { foundBy, messagesOf } from "../world.ts";

const secret = (value: unknown) => ({
  "Secret/login": {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "login", namespace: "shop" },
    data: { password: value },
    stringData: { user: "not encoded!" },
  },
});

test.each([
  "",
  "YQ==",
  "aGVsbG8=",
  "aGVs\nbG8=\n",
  "{{ .Values.password | b64enc }}",
  "<password>",
  "replace-me!",
  "***",
  5,
])("%j is right, or another rule's matter", (value) => {
  expect(foundBy(encodedData, secret(value))).toEqual([]);
});

test.each(["hunter2-x", "aGVsbG8", "aGV sbG8=", "a=bc", "YQ==YQ==", '{"auths":{}}', "redis://web:1"])(
  "%j is not in base64",
  (value) => {
    expect(foundBy(encodedData, secret(value))).toEqual(["Secret/login data.password"]);
    expect(messagesOf(encodedData, secret(value))).toEqual([
      "the value is not in base64. The API server refuses the object. Encode it, or write it as it is below stringData.",
    ]);
  },
);

test("so are binary data of a ConfigMap", () => {
  expect(foundBy(encodedData, { "ConfigMap/web-settings binaryData": { logo: "plain text" } })).toEqual([
    "ConfigMap/web-settings binaryData.logo",
  ]);
});
