import { createHash, pbkdf2Sync } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { Credential } from "../../../foundation/credentials.ts";
import type { Platform } from "../../../foundation/index.ts";
import { type ElasticsearchClient, elasticsearchClients } from "../names.ts";

/** The user that people log in as, who may do everything. */
const superuser = "elastic";

/** The role of each program; besides `kibana_system`, which is built in, they stand in roles.yml. */
const roles: Readonly<Record<ElasticsearchClient, string>> = {
  kibana: "kibana_system",
  logstash: "log_writer",
  jaeger: "trace_store",
  grafana: "reader",
  exporter: "statistics_reader",
};

/** The passwords of all users. */
export interface UserCredentials extends Readonly<Record<ElasticsearchClient, Credential>> {
  /** The superuser's. */
  readonly elastic: Credential;
}

/** A name and a password to log in with. */
export interface Login {
  readonly username: pulumi.Output<string>;
  readonly password: pulumi.Output<string>;
}

/**
 * The login of a program. Its name is of its password, so that the login before goes on to work beside it while its
 * programs change over.
 */
export function loginOf(
  platform: Platform,
  client: ElasticsearchClient,
  password: pulumi.Output<string>,
): Login {
  return { username: pulumi.interpolate`${client}-${platform.revisionOf(password)}`, password };
}

/** The login of the superuser, whose name is the same whatever the password is. */
export function superuserLogin(
  { elastic }: Pick<UserCredentials, "elastic">,
  name: string = superuser,
): Login {
  return { username: pulumi.output(name), password: elastic.value };
}

/** Users of Elasticsearch as the files of its file realm say them: one a line. */
type UserFiles = Readonly<Record<"users" | "users_roles", pulumi.Output<string>>>;

/** A further superuser for the setup, with the password of `elastic`, whose name says of which revision the users beside it are. */
export function setupLogin(
  platform: Platform,
  { elastic }: Pick<UserCredentials, "elastic">,
  revision: pulumi.Output<string>,
): { readonly login: Login; readonly files: UserFiles } {
  const username = pulumi.interpolate`setup-${revision}`;
  const login = { username, password: elastic.value };
  const user = pulumi.output({ ...login, revision: platform.revisionOf(elastic.value) });
  return {
    login,
    files: {
      users: user.apply((known) => lines([`${known.username}:${hashOf(known)}`])),
      users_roles: username.apply((known) => lines([`superuser:${known}`])),
    },
  };
}

/**
 * The programs' users as bodies of requests that make them, by name, for an Elasticsearch whose files are not ours. `stack` tells
 * them from those of others: https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-security-put-user
 */
export function userBodies(
  platform: Platform,
  credentials: UserCredentials,
  { stack, roleOf }: { readonly stack: pulumi.Input<string>; readonly roleOf: (role: string) => string },
): pulumi.Output<Record<string, string>> {
  const users = programUsers(platform, credentials);
  return pulumi
    .all([pulumi.output(users), stack])
    .apply(([known, place]) =>
      Object.fromEntries(
        known.map(({ username, password, role }) => [
          username,
          JSON.stringify({ password, roles: [roleOf(role)], metadata: { platform: place } }),
        ]),
      ),
    );
}

/** Each program's user, and the one before it while programs change over. */
function programUsers(platform: Platform, credentials: UserCredentials) {
  return elasticsearchClients.flatMap((client) => {
    const { value, previous } = credentials[client];
    return [value, ...(previous ? [previous] : [])].map((password) => ({
      ...loginOf(platform, client, password),
      role: roles[client],
    }));
  });
}

/** The files of the file realm: https://www.elastic.co/docs/deploy-manage/users-roles/cluster-or-deployment-auth/file-based */
export function userFiles(platform: Platform, credentials: UserCredentials): UserFiles {
  const elastic = { username: superuser, password: credentials.elastic.value, role: "superuser" };
  const programs = programUsers(platform, credentials);
  const users = pulumi.output(
    [elastic, ...programs].map((user) => ({ ...user, revision: platform.revisionOf(user.password) })),
  );
  return {
    users: users.apply((known) => lines(known.map((user) => `${user.username}:${hashOf(user)}`))),
    users_roles: users.apply((known) => lines(known.map(({ username, role }) => `${role}:${username}`))),
  };
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join("");
}

/** The cost that Elasticsearch itself takes: the passwords are random, or long. */
const iterations = 10_000;

/**
 * A password as Elasticsearch stores it: PBKDF2 with HMAC-SHA-512, salt and key of 32 bytes (`Hasher.PBKDF2` in its source).
 * The salt is of the user's name and of the password's revision: the same in every run, another for another password, and
 * nothing that tells it.
 */
export function hashOf(user: { username: string; password: string; revision: string }): string {
  const salt = createHash("sha256").update(`${user.username} ${user.revision}`).digest();
  const key = pbkdf2Sync(user.password, salt, iterations, 32, "sha512");
  return `{PBKDF2}${iterations}$${salt.toString("base64")}$${key.toString("base64")}`;
}
