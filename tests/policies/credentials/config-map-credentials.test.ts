import { expect, test } from "vitest";
import { configMapCredentials } from "../../../policies/credentials/config-map-credentials.ts";
import { foundBy, messagesOf } from "../world.ts";

/** Keeps what shells substitute out of the hands of JavaScript. */
const variable = ["$", "{PASSWORD}"].join("");

const data = (entries: Record<string, string>) => ({ "ConfigMap/web-settings data": entries });

test("settings hold no credentials", () => {
  expect(foundBy(configMapCredentials)).toEqual([]);
});

test("an entry, by its name", () => {
  expect(foundBy(configMapCredentials, data({ HOST: "db", POSTGRES_PASSWORD: "iot_password" }))).toEqual([
    "ConfigMap/web-settings data.POSTGRES_PASSWORD",
  ]);
  expect(foundBy(configMapCredentials, data({ "admin.password": "hunter22" }))).toEqual([
    'ConfigMap/web-settings data["admin.password"]',
  ]);
});

test.each([
  ["YAML", "database:\n  host: db\n  password: hunter22\n"],
  ["properties", "spring.datasource.username=shop\nspring.datasource.password=hunter22\n"],
  ["INI", "[security]\nadmin_password = hunter22\n"],
  ["JSON", '{\n  "host": "db",\n  "clientSecret": "hunter22"\n}\n'],
  ["JSON in a line", '{"apiKey":"hunter22"}'],
  ["redis.conf", "port 6379\nrequirepass hunter22\n"],
  ["XML", "<server>\n  <password>hunter22</password>\n</server>"],
  ["SQL", "CREATE USER shop WITH PASSWORD 'hunter22';\nSELECT 1;\n"],
  ["a script", "#!/bin/sh\nexport DB_PASSWORD=hunter22\nrun\n"],
  ["a command of a script", "#!/bin/sh\nPGPASSWORD=hunter22 psql -h db\n"],
])("in a file: %s", (_, file) => {
  expect(foundBy(configMapCredentials, data({ "web.conf": file }))).toEqual([
    'ConfigMap/web-settings data["web.conf"]',
  ]);
});

test.each([
  ["comments", "# password: hunter22\n; password=hunter22\n// password: hunter22\n"],
  ["substitutions", `password: ${variable}\ntoken: $__file{/run/token}\nsecret: {{ .secret }}\n`],
  ["files", "password_file: /run/secrets/password\nbearer_token: /var/run/token\n"],
  ["code", "password = os.environ['PASSWORD']\nconst token = getToken();\nthis.password = user.password;\n"],
  ["calls of a shell", 'TOKEN="$(cat /run/token)"\nPASSWORD=`cat /run/password`\n'],
  ["types", "interface Login { password: string; token: string }\n"],
  ["variables of psql", "ALTER ROLE :\"login\" PASSWORD :'password';\n"],
  ["prose", "The password: it is not kept here.\n"],
  ["proxies", "location / {\n  proxy_pass http://web:8080;\n}\n"],
  ["what a script puts in later", "requirepass replace-default-auth\n"],
])("%s are none", (_, file) => {
  expect(foundBy(configMapCredentials, data({ "web.conf": file }))).toEqual([]);
});

test("messages name the lines, not the values", () => {
  const [message] = messagesOf(configMapCredentials, data({ "web.yaml": "host: db\npassword: hunter22\n" }));
  expect(message).toMatch(/^file web\.yaml gives password \(line 2\) in the open\. /);
  expect(message).not.toContain("hunter22");
  const many = data({ "web.yaml": "password: hunter22\n".repeat(7) });
  expect(messagesOf(configMapCredentials, many)[0]).toContain("password (line 5) and 2 more in the open. ");
});
