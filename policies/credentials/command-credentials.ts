import { credentialsOf } from "../objects/command-credentials.ts";
import { type Container, containersOf, podSpecOf } from "../objects/pods.ts";
import { type PlacedText, textsBelow } from "../objects/texts.ts";
import { at } from "../objects/values.ts";
import { objectRule } from "../rule.ts";

/** Commands, arguments, probes and hooks, and the scripts in them; values of a known form are for the rules about these. */
export const commandCredentials = objectRule({
  name: "command-credentials",
  severity: "mandatory",
  description: "No command, argument, probe or hook of a container holds a credential.",
  why: "It stands in the manifest, and in the list of processes of the pod and its node.",
  reference: "https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html",
  check(object) {
    const pod = podSpecOf(object);
    if (!pod) return [];
    return containersOf(pod).flatMap((container) =>
      commandsOf(container).flatMap((command) =>
        credentialsOf(command).map(({ path, option }) => ({
          path,
          problem: `container ${container.name} is given the value of ${option} in its command`,
          fix: `Give it by a file that is mounted from a Secret`,
        })),
      ),
    );
  },
});

const places: readonly (readonly string[])[] = [
  ["livenessProbe", "exec", "command"],
  ["readinessProbe", "exec", "command"],
  ["startupProbe", "exec", "command"],
  ["lifecycle", "postStart", "exec", "command"],
  ["lifecycle", "preStop", "exec", "command"],
];

/** The commands of a container, each with its arguments; the first is the one that it runs. */
function commandsOf({ container, path }: Container): PlacedText[][] {
  const run = ["command", "args"].flatMap((field) => textsBelow(at(container, field), `${path}.${field}`));
  const others = places.map((place) => textsBelow(at(container, ...place), `${path}.${place.join(".")}`));
  return [run, ...others];
}
