import { credentialsIn, isLiteralCredential, isPlaceholder, namesCredential } from "./credentials.ts";
import type { PlacedText } from "./texts.ts";

interface Word {
  readonly path: string;
  readonly word: string;
}

/** A credential in a command line. */
export interface Given {
  readonly path: string;
  /** Name of the option or variable that the credential is the value of. */
  readonly option: string;
}

/** Credentials that the words of a command line are, or give by their names: one entry for each text that holds some. */
export function credentialsOf(command: readonly PlacedText[]): Given[] {
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
  const [, isOption, option = "", value] = /^(-D|-{1,2}|)([A-Za-z][\w.-]*)(?:=(.*))?$/s.exec(word) ?? [];
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
  { program: ["curl"], pattern: /^(?:-u|--user(?:=|$))(.*)$/s },
  { program: ["sshpass"], pattern: /^-p(.*)$/ },
  { program: ["mongo", "mongosh", "mongodump"], pattern: /^-p$/ },
];

function shortOption(pattern: RegExp, { path, word }: Word, next: Word | undefined): Given[] {
  const match = pattern.exec(word);
  if (!match) return [];
  const attached = match[1];
  const place = attached ? path : next?.path;
  const value = attached || next?.word || "";
  const password = /^--?u/.test(word) ? (/^[^:]*:(.+)$/s.exec(value)?.[1] ?? "") : value;
  if (place === undefined || isPlaceholder(password)) return [];
  return [{ path: place, option: /^(?:--\w+|-\w)/.exec(word)?.[0] ?? word }];
}
