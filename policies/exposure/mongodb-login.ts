import { isBelow } from "../objects/mounted-files.ts";
import { optionsPath, type Server, serversOf, withoutComments } from "../objects/servers.ts";
import { stackRule } from "../rule.ts";

/** MongoDB is open unless it is told otherwise; a configuration that the set does not show may tell it. */
export const mongodbLogin = stackRule({
  name: "mongodb-login",
  severity: "mandatory",
  description: "MongoDB asks for a login.",
  why: "Whoever reaches its port reads, changes and deletes every database.",
  reference: "https://www.mongodb.com/docs/manual/administration/security-checklist/",
  check: (stack) =>
    serversOf(stack, "mongodb")
      .filter((server) => !asksFor(server))
      .map((server) => ({
        object: server.workload,
        path: optionsPath(server),
        problem: `container ${server.container.name} runs ${server.image}, which asks nobody for a login`,
        fix: "Give MONGO_INITDB_ROOT_USERNAME_FILE and MONGO_INITDB_ROOT_PASSWORD_FILE from a mounted Secret, or start it with --auth",
      })),
});

const asks = /--(?:auth|keyFile|clusterAuthMode|noauth)\b|authorization:\s*["']?enabled|keyFile:/;

function asksFor({ words, env, mounted }: Server): boolean {
  const names = [...env.values.keys()];
  // Variables of the image, and of Bitnami's.
  if (
    env.hasMore ||
    names.some((name) => /ROOT_USERNAME|ROOT_PASSWORD|MONGODB_.*PASSWORD|ALLOW_EMPTY_PASSWORD/.test(name))
  )
    return true;
  const named = words.flatMap((word) => word.split("=")).filter((word) => word.startsWith("/"));
  const isUnseen = named.some((word) => isBelow(word, mounted.unknown) && /conf|\.sh|key|secret/.test(word));
  return (
    asks.test(words.join(" ")) ||
    isUnseen ||
    mounted.files.some(({ content }) => asks.test(withoutComments(content)))
  );
}
