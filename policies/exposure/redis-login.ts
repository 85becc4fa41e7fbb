import { posix } from "node:path";
import { isBelow } from "../objects/mounted-files.ts";
import { optionsPath, type Server, serversOf, withoutComments } from "../objects/servers.ts";
import { memberPath } from "../objects/texts.ts";
import { stackRule } from "../rule.ts";

/** Redis and its heirs. A configuration that the set does not show, of a Secret or made by a script, may well ask for one. */
export const redisLogin = stackRule({
  name: "redis-login",
  severity: "mandatory",
  description: "Redis asks for a password.",
  why: "Whoever reaches its port reads, changes and deletes everything, and may reconfigure the server.",
  reference: "https://redis.io/docs/latest/operate/oss_and_stack/management/security/",
  check: (stack) =>
    serversOf(stack, "redis").flatMap((server) => {
      if (asksFor(server)) return [];
      const { workload, container } = server;
      const wanted = server.words.find((word) => /\.conf$/.test(word) && !word.includes(" "));
      const file = wanted === undefined ? undefined : posix.resolve("/", wanted);
      const shown = server.mounted.files.find((one) => one.file === file);
      const problem = `container ${container.name} runs ${server.image}, which asks nobody for a password`;
      if (shown)
        return [{ object: shown.configMap, path: memberPath("data", shown.key), problem, fix: fixInFile }];
      // A file that is named and not seen is not known to have no password.
      if (file !== undefined) return [];
      return [{ object: workload, path: optionsPath(server), problem, fix: fixInOptions }];
    }),
});

const fixInFile = "Write aclfile, or include of a file with requirepass, from a mounted Secret";
const fixInOptions =
  "Start it with --aclfile of a mounted Secret, or with a configuration from one that has requirepass";

const asks =
  /(?:^|\s|-)(?:requirepass|aclfile|include|tls-auth-clients\s+yes)\b|^[ \t]*user[ \t]+\w+[ \t]+on/m;

function asksFor({ words, env, mounted }: Server): boolean {
  if (asks.test(words.join("\n")) || words.some((word) => word.includes("sentinel"))) return true;
  // Images that make the configuration themselves have variables for it, such as REDIS_PASSWORD or ALLOW_EMPTY_PASSWORD.
  const names = [...env.values.keys()];
  if (env.hasMore || names.some((name) => /pass|auth|^REDIS_ARGS$|_EXTRA_FLAGS$/i.test(name))) return true;
  if (mounted.files.some(({ content }) => asks.test(withoutComments(content)))) return true;
  // A script may do anything with files that are not seen.
  const isScript = words.some((word) => /\s/.test(word) && /[;&|$<\n]/.test(word));
  if (isScript && mounted.unknown.length > 0) return true;
  return words.some((word) => word.startsWith("/") && isBelow(word, mounted.unknown));
}
