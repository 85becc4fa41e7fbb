import {
  credentialsIn,
  isLiteralCredential,
  isPlaceholder,
  namesCredential,
} from "../objects/credentials.ts";
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

interface Word {
  readonly path: string;
  readonly word: string;
}

interface Given {
  readonly path: string;
  /** Name of the option or variable that the credential is the value of. */
  readonly option: string;
}

/** One entry for each argument that holds a credential. */
function credentialsOf(command: readonly PlacedText[]): Given[] {
  const words = command.flatMap(({ path, text }) =>
    // Quotes in scripts keep words together; they are not part of them.
    (text.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? []).map(
      (word): Word => ({ path, word: word.replace(/["']/g, "") }),
    ),
  );
  const programs = new Set(words.map(({ word }) => word.split("/").at(-1) ?? ""));
  const flags = shortFlags.filter(({ program }) => program.some((name) => programs.has(name)));
  const byOption = words.flatMap((one, index) => [
    ...longOption(one, words[index + 1]),
    ...flags.flatMap(({ pattern }) => shortOption(pattern, one, words[index + 1])),
  ]);
  const inScripts = command
    .filter(({ text }) => /\s/.test(text))
    .flatMap(({ path, text }) => credentialsIn(text).map(({ name }) => ({ path, option: name })));
  const found = [...byOption, ...inScripts];
  return [...new Map(found.map((given) => [given.path, given])).values()];
}

/** `--password=x`, `--password x`, `PASSWORD=x`, `-Dpassword=x`, and redis-server's `--requirepass x`. */
function longOption({ path, word }: Word, next: Word | undefined): Given[] {
  const [, isOption, option = "", value] =
    /^(-{0,2}(?=-)-|-D|)([A-Za-z][\w.-]*)(?:=(.*))?$/s.exec(word) ?? [];
  if (!namesCredential(option)) return [];
  if (value !== undefined) return isLiteralCredential(option, value) ? [{ path, option }] : [];
  if (!isOption || next === undefined || /^[-|&;<>]/.test(next.word)) return [];
  return isLiteralCredential(option, next.word) ? [{ path: next.path, option }] : [];
}

interface ShortFlag {
  readonly program: readonly string[];
  /** Its first group is the value; without one, the next word is. */
  readonly pattern: RegExp;
}

/** Options of one letter that take a password, or a user with one. */
const shortFlags: readonly ShortFlag[] = [
  {
    program: ["mysql", "mysqladmin", "mysqldump", "mariadb", "mariadb-admin", "mariadb-dump"],
    pattern: /^-p(.+)$/,
  },
  { program: ["redis-cli", "valkey-cli"], pattern: /^-a$/ },
  { program: ["curl"], pattern: /^(?:-u|--user)$/ },
  { program: ["sshpass"], pattern: /^-p(.*)$/ },
  { program: ["mongo", "mongosh", "mongodump"], pattern: /^-p$/ },
];

function shortOption(pattern: RegExp, { path, word }: Word, next: Word | undefined): Given[] {
  const match = pattern.exec(word);
  if (!match) return [];
  const attached = match[1];
  const place = attached ? path : next?.path;
  const value = attached || next?.word || "";
  const password =
    word.startsWith("-u") || word === "--user" ? (/^[^:]*:(.+)$/.exec(value)?.[1] ?? "") : value;
  if (place === undefined || isPlaceholder(password)) return [];
  return [{ path: place, option: attached ? word.slice(0, 2) : word }];
}
