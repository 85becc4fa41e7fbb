import {
  commonWords,
  credentialEndings,
  harmlessValues,
  harmlessWords,
  sortsOfTokens,
  wordsOfEnvironments,
  wordsOfSecretNames,
  wordsOfTokenNames,
} from "../data/credential-words.ts";
import { tokenFormats } from "../data/token-formats.ts";

/** Words of a name, in lower case: `DB_rootPassword1` is db, root, password. */
export function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter(Boolean);
}

const endings = new Set(credentialEndings);
const harmless = new Set(harmlessWords);
const ofSecrets = new Set(wordsOfSecretNames);
const ofTokens = new Set(wordsOfTokenNames);
const environments = new Set(wordsOfEnvironments);
const sorts = new Set(sortsOfTokens);
const choices = new Set(harmlessValues);

/** Whether something of this name is a credential, not what leads to one, such as `PASSWORD_FILE` or `tokenUrl`. */
export function namesCredential(name: string): boolean {
  // A path of an option, `security.admin_password`, ends with its name.
  const words = withoutEnvironment(wordsOf(name.split(/[./]/).at(-1) ?? ""));
  const last = words.at(-1) ?? "";
  if (!endings.has(last) && !endings.has(words.slice(-2).join(" "))) return false;
  const others = withoutEnvironment(wordsOf(name)).slice(0, -1);
  const ofNames = last === "secret" ? ofSecrets : ofTokens;
  const isName = ["secret", "token"].includes(last) && others.some((word) => ofNames.has(word));
  return !isName && !others.some((word) => harmless.has(word));
}

function withoutEnvironment(words: string[]): string[] {
  return environments.has(words.at(-1) ?? "") ? words.slice(0, -1) : words;
}

/** Whether a value stands for one that is put in later, or says where it is: `${PASSWORD}`, `<secret>`, `/run/secrets/x`. */
export function isPlaceholder(value: string): boolean {
  const trimmed = value.trim();
  return (
    trimmed === "" ||
    /\$[({]|^\$\w|\{\{|%[({]|^%\w+%$|^ENC\[|^!(?:ref|env|sub|vault)\b|^@\//i.test(trimmed) ||
    /^replace|^<.*>$|^\[.*\]$|^\{.*\}$|^_[A-Z_]+_$|^([*x.-])\1*$/i.test(trimmed) ||
    /^(?:\.{0,2}\/[\w.-]+(?:\/|$)|[a-z][a-z0-9+.-]*:\/\/|(?:vault|file|env|op|ref\+\w+|aws\w*|gcp\w*|azure\w*|sops):)/i.test(
      trimmed,
    )
  );
}

/** Whether this value of a credential's name is the credential itself. */
export function isLiteralCredential(name: string, value: string): boolean {
  const trimmed = value.trim();
  if (isPlaceholder(trimmed) || choices.has(trimmed.toLowerCase())) return false;
  // What Stripe calls publishable, browsers are given.
  if (/^pk_(?:live|test)_/.test(trimmed)) return false;
  if (/(?:token|key)/i.test(name) && !/pass|pwd|secret/i.test(name) && sorts.has(trimmed.toLowerCase()))
    return false;
  // Numbers of tokens and times of secrets are settings; a password may well be one.
  if (/^\d+(?:\.\d+)?[a-z]{0,2}$/i.test(trimmed)) return /pass|pwd/i.test(name) && /^\d+$/.test(trimmed);
  return !hasCredentialForm(trimmed);
}

/** A credential that a text gives by its name. */
interface NamedCredential {
  readonly name: string;
  readonly value: string;
  /** Counted from 1. */
  readonly line: number;
}

const assignment =
  /(?<![\w.$%])(?<quote>["']?)(?<name>[A-Za-z_][\w.-]{0,100})\k<quote>(?<sign>[ \t]*(?::=|[:=]>?)[ \t]*)(?:"(?<double>[^"\n]*)"|'(?<single>[^'\n]*)'|(?<plain>[^\s"'`,;#&<>(){}[\]|]+))(?<rest>[ \t]*[^\s])?/g;
const directive = /^\s*(?<name>requirepass|masterauth)\s+"?(?<plain>[^\s"]+)"?/g;
const element = /<(?<name>[\w.-]+)>(?<plain>[^<>\n]+)<\//g;
const sql = /\b(?<name>password|identified(?:\s+with\s+\w+)?\s+by)\s+'(?<plain>[^'\n]+)'/gi;

/**
 * Credentials that the text of a file gives by their names, in the notations of settings: `name: value`, `name = value`,
 * JSON, XML, redis.conf, SQL. Comments are left out.
 */
export function credentialsIn(content: string): NamedCredential[] {
  return withoutEncoded(content)
    .split("\n")
    .flatMap((text, index) => {
      if (/^\s*(?:$|#|\/\/|;|--\s)/.test(text)) return [];
      return [assignment, directive, element, sql].flatMap((pattern) =>
        [...text.matchAll(pattern)].flatMap(({ groups = {} }) => {
          const name = pattern === sql ? "password" : (groups.name ?? "");
          const value = groups.double ?? groups.single ?? groups.plain ?? "";
          if (isCode(groups) || !namesCredential(name) || !isLiteralCredential(name, value)) return [];
          return [{ name, value, line: index + 1 }];
        }),
      );
    });
}

/** Base64 that ends with `key==` gives nothing a value. Lines keep their numbers. */
function withoutEncoded(content: string): string {
  const pem = /-----BEGIN (?<what>[A-Z0-9 ]{1,40})-----[\w+/=\s]*-----END \k<what>-----/g;
  return content.replace(pem, (block) => block.replace(/[^\n]/g, ""));
}

/** Whether a value is an expression of a programming language, or the beginning of a sentence. */
function isCode({ name, sign, plain, rest = "" }: Partial<Record<string, string>>): boolean {
  // psql writes its variables so: PASSWORD :'password'.
  if (sign !== undefined && /^\s+:$/.test(sign)) return true;
  if (plain === undefined || sign === undefined) return false;
  const isName = /^[a-z_]\w*(?:\.[a-z_]\w*)+$/i.test(plain) || (sign.includes("=") && plain === name);
  return isName || /^[(.[{]/.test(rest) || (sign !== "=" && /[\w(]$/.test(rest));
}

const userinfo = /\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s:@/"'<>?#]*:(?<password>[^\s@/"'<>]+)@/gi;
/** Repetitions are bounded: a long text of beginnings takes no longer than any other. */
const parameters = [
  /[?&](?:password|pwd|access_token|api_?key)=(?<password>[^\s&"';]+)/gi,
  /(?:^|[;"'])\s*(?:password|pwd|sharedaccesskey)\s*=\s*(?<password>[^;\s"']+)(?=\s*(?:;|$))/gi,
  /\bhost=\S{1,200}(?:\s{1,9}\w{1,40}=\S{1,200}){0,12}?\s{1,9}password=(?<password>\S+)/gi,
  /\bpassword=(?<password>\S{1,200})(?:\s{1,9}\w{1,40}=\S{1,200}){0,12}?\s{1,9}host=/gi,
  /\b\w+:(?<password>[^\s@/:"']+)@(?:tcp|unix)\(/g,
];

/** Whether a text holds a connection string or URL with the password in it. */
export function hasLoginInUrl(content: string): boolean {
  const isSemicolonList = content.includes(";");
  return [userinfo, ...parameters.filter((_, index) => index !== 1 || isSemicolonList)].some((pattern) =>
    [...content.matchAll(pattern)].some(({ groups }) => {
      const password = groups?.password ?? "";
      return !isPlaceholder(password) && !/^(?:pass(?:word)?|pwd|x+|\*+|\.+)$/i.test(password);
    }),
  );
}

/** What a text holds that shows by its form to be a credential, such as `a private key`; undefined if nothing. */
export function tokenIn(content: string): string | undefined {
  return tokenFormats.find(({ pattern }) => pattern.test(content))?.what;
}

/** Whether other rules find the value by its form alone. */
function hasCredentialForm(value: string): boolean {
  return hasLoginInUrl(value) || tokenIn(value) !== undefined;
}

/** Digits and letters that people write for others. */
const lookalikes: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "i",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "@": "a",
  $: "s",
  "!": "i",
};

/**
 * Whether a credential could be found by trying: it is made of words that are common, or that stand around it, or of few signs.
 *
 * @param around texts that whoever tries knows: names of the object, of its namespace, of the user
 */
export function isGuessable(value: string, around: readonly string[]): boolean {
  if (/^\d{1,10}$/.test(value) || new Set(value).size < 4) return true;
  const known = new Set(around.flatMap(wordsOf));
  const isKnown = (word: string) => commonWords.has(word) || known.has(word);
  const trimmed = /[a-z](?:.*[a-z])?/is.exec(value)?.[0] ?? "";
  const readings = [
    value,
    ...[value, trimmed].map((one) => one.replace(/[013457@$!]/g, (sign) => lookalikes[sign] ?? sign)),
  ];
  return readings.some((reading) => {
    const words = wordsOf(reading);
    // More than six digits are no decoration: `admin-83749264` has to be tried a hundred million times.
    return words.length > 0 && words.every(isKnown) && (value.match(/\d/g)?.length ?? 0) <= 6;
  });
}
