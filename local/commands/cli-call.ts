import { join } from "node:path";
import { root } from "../paths.ts";

/** What a command line of the Pulumi CLI asks for, as far as it matters here. */
export interface CliCall {
  /** Prints text alone: needs no stack. */
  readonly asksForHelp: boolean;
  /** Value of `--stack`. */
  readonly stack: string | undefined;
  /** Reads what is there, or ends a lock: needs neither the cluster nor to be alone on the stack. */
  readonly onlyReads: boolean;
  readonly needsCluster: boolean;
  /** Deploys or destroys all of the stack: afterwards, state and cluster agree. */
  readonly converges: boolean;
  /** The command line, with the project's policies where the command takes any. */
  readonly argv: readonly string[];
}

/** Every preview of a local command is judged by the project's own policies. */
export const policyPack = ["--policy-pack", join(root, "policies")];

const judged = ["up", "update", "preview", "pre", "watch"];
const onCluster = [...judged, "destroy", "down", "dn", "refresh", "import"];
const converging = ["up", "update", "destroy", "down", "dn"];
const partial = /^(--(target|exclude|preview-only)|-[^-]*[tx])/;

/** Commands that change neither stack nor state; with a second word, only those. */
const reading = [
  ...["about", "cancel", "console", "gen-completion", "logs", "org", "plugin", "policy", "project", "schema"],
  ...["stack", "stack ls", "stack output", "stack export", "stack history", "stack graph"],
  ...["config", "config get", "whoami"],
];
const bySecondWord = ["stack", "config"];

/** Options without a value that may stand before a command's name; any other takes the next word, as the CLI has it. */
const switches = new Set([
  ...["--disable-integrity-checking", "--emoji", "-e", "--fully-qualify-stack-names", "-Q", "--help", "-h"],
  ...["--logflow", "--logtostderr", "--non-interactive", "--show-ids", "-i", "--show-name", "--show-secrets"],
  ...["--show-urns", "-u", "--json", "-j", "--open"],
]);

/** Reads a command line as the CLI does: options may stand anywhere before `--`. */
export function readCliCall(argv: readonly string[]): CliCall {
  const words: { readonly text: string; readonly index: number }[] = [];
  let stack: string | undefined;
  let help = argv.length === 0;
  const end = argv.includes("--") ? argv.indexOf("--") : argv.length;
  for (let index = 0; index < end; index++) {
    const text = argv[index] ?? "";
    const next = index + 1 < end ? argv[index + 1] : undefined;
    const named = /^(?:--stack(?:=(.*))?|-[ydeQj]*s=?(.*))$/.exec(text);
    if (!text.startsWith("-")) words.push({ text, index });
    else if (named) stack = named[1] || named[2] || argv[++index];
    else if (text === "--help" || text === "-h") help = true;
    else if (takesNext(text) && next?.startsWith("-") === false) index++;
  }
  const [first, second] = words;
  const command = first?.text ?? "";
  const path = bySecondWord.includes(command) && second ? `${command} ${second.text}` : command;
  const at = (first?.index ?? -1) + 1;
  return {
    asksForHelp: help || command === "help" || command === "version",
    stack,
    onlyReads: reading.includes(path),
    needsCluster: onCluster.includes(command),
    converges: converging.includes(command) && !argv.some((text) => partial.test(text)),
    argv: judged.includes(command) ? [...argv.slice(0, at), ...policyPack, ...argv.slice(at)] : argv,
  };
}

function takesNext(option: string): boolean {
  if (option.includes("=") || switches.has(option)) return false;
  return option.startsWith("--") || option.length === 2;
}
