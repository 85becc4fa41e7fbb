import { expect, test } from "vitest";
import { commandCredentials } from "../../../policies/credentials/command-credentials.ts";
import { foundBy, messagesOf } from "../world.ts";

const container = "Deployment/web spec.template.spec.containers.0";
const path = "Deployment/web spec.template.spec.containers[0]";

test("commands hold no credentials", () => {
  expect(foundBy(commandCredentials)).toEqual([]);
});

test.each([
  [["--password=hunter22"], 0],
  [["--admin-password", "hunter22"], 1],
  [["-Dspring.datasource.password=hunter22"], 0],
  [["DB_PASSWORD=hunter22"], 0],
  [["sh", "-c", "export API_KEY=hunter22 && run"], 2],
  [["sh", "-c", "redis-cli -a hunter22 ping"], 2],
  [["redis-cli", "-a", "hunter22", "ping"], 2],
  [["redis-server", "--requirepass", "hunter22"], 2],
  [["mysql", "-uroot", "-phunter22"], 2],
  [["curl", "-u", "admin:hunter22", "http://web"], 2],
  [["curl", "-uadmin:hunter22", "http://web"], 1],
  [["curl", "--user=admin:hunter22", "http://web"], 1],
  [["curl", "--user", "admin:hunter22", "http://web"], 2],
])("%j", (args, index) => {
  expect(foundBy(commandCredentials, { [`${container}.args`]: args })).toEqual([`${path}.args[${index}]`]);
});

test.each([
  [["--password-file=/run/secrets/password"]],
  [["--password=$(PASSWORD)"]],
  [["--password", "$PASSWORD"]],
  [["--requirepass", "$(REDIS_PASSWORD)"]],
  [["sh", "-c", 'redis-cli -a "$REDIS_PASSWORD" ping']],
  [["sh", "-c", "mysql -uroot -p$MYSQL_ROOT_PASSWORD -e 'select 1'"]],
  [["--token", "--verbose"]],
  [["--tls-secret=web-certificate"]],
  [["--default-ssl-certificate=shop/web"]],
  [["--token-ttl=3600"]],
  [["-p", "8080"]],
  [["curl", "-u", "admin", "http://web"]],
  [["curl", "--user=admin", "http://web"]],
  [["curl", "--user-agent", "a:b", "http://web"]],
  [["curl", "-uadmin:$PASSWORD", "http://web"]],
])("%j is fine", (args) => {
  expect(foundBy(commandCredentials, { [`${container}.args`]: args })).toEqual([]);
});

test("a command goes on in its arguments; probes and hooks are commands, too", () => {
  const changes = {
    [`${container}.command`]: ["web", "--password"],
    [`${container}.args`]: ["hunter22"],
    [`${container}.readinessProbe`]: { exec: { command: ["redis-cli", "-a", "hunter22", "ping"] } },
    [`${container}.lifecycle.preStop.exec.command`]: ["bye", "--token=hunter22"],
  };
  expect(foundBy(commandCredentials, changes)).toEqual([
    `${path}.args[0]`,
    `${path}.readinessProbe.exec.command[2]`,
    `${path}.lifecycle.preStop.exec.command[1]`,
  ]);
  const messages = messagesOf(commandCredentials, changes);
  expect(messages[0]).toMatch(/^container web is given the value of password in its command\. /);
  expect(messages.join()).not.toContain("hunter22");
});
