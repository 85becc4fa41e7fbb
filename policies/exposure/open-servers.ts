import { anything, type OpenSetting, openLines, openOptions, openVariables } from "../data/login-switches.ts";
import { isKind } from "../objects/kinds.ts";
import { commandLine } from "../objects/mounted-files.ts";
import type { KubernetesObject } from "../objects/object.ts";
import { type Container, containersOf, podSpecOf } from "../objects/pods.ts";
import { memberPath } from "../objects/texts.ts";
import { fields, ifKnown, list, text, texts } from "../objects/values.ts";
import { objectRule, type Violation } from "../rule.ts";

/** Settings that switch logins off; what is open because nobody switched them on is for the rules about single servers. */
export const openServers = objectRule({
  name: "open-servers",
  severity: "mandatory",
  description: "No server is told to let people in without a login.",
  why: "Whoever reaches its port, from any pod that was broken into, has what it holds.",
  reference: "https://cheatsheetseries.owasp.org/cheatsheets/Kubernetes_Security_Cheat_Sheet.html",
  check(object) {
    if (isKind(object, "ConfigMap")) return ofConfigMap(object);
    const pod = podSpecOf(object);
    return pod
      ? containersOf(pod).flatMap((container) => [...ofVariables(container), ...ofOptions(container)])
      : [];
  },
});

const fix = "Remove the setting, and give the server accounts whose passwords come from a mounted Secret";

function ofVariables({ container, path }: Container): Violation[] {
  return list(container.env).flatMap((item, index) => {
    const variable = fields(item);
    const value = ifKnown(() => variable.value);
    const given = typeof value === "boolean" || typeof value === "number" ? String(value) : text(value);
    const open = openVariables.find(({ name }) => name === variable.name);
    if (!open || given === undefined || !open.value.test(given)) return [];
    return [
      { path: `${path}.env[${index}].value`, problem: `with ${shown(open, given)}, ${open.what}`, fix },
    ];
  });
}

/** A setting with its value, but for one that works with any value: somebody may have written the password. */
function shown({ name, value }: OpenSetting, given: string): string {
  return value === anything ? name : `${name}: ${given}`;
}

function ofOptions(container: Container): Violation[] {
  const line = commandLine(container).join(" ");
  return ["command", "args"].flatMap((field) => {
    const words = commandLine({ ...container, container: { args: container.container[field] } });
    return words.flatMap((word, index) => {
      const [, name = "", own] = /^(-{1,2}[\w.-]+)(?:=(.*))?$/s.exec(word) ?? [];
      const next = words[index + 1];
      const value = own ?? (next === undefined || next.startsWith("-") ? "true" : next);
      const open = openOptions.find((option) => option.name === name);
      if (!open?.value.test(value) || open.unless?.test(line)) return [];
      return [{ path: `${container.path}.${field}[${index}]`, problem: `with ${name}, ${open.what}`, fix }];
    });
  });
}

/** Entries that become variables, and files. */
function ofConfigMap(configMap: KubernetesObject): Violation[] {
  const data = texts(ifKnown(() => fields(configMap.data)));
  return Object.entries(data).flatMap(([key, content]) => {
    const path = memberPath("data", key);
    const variable = openVariables.find(({ name, value }) => name === key && value.test(content));
    if (variable) return [{ path, problem: `with ${shown(variable, content)}, ${variable.what}`, fix }];
    return openLines
      .filter(({ line }) => content.includes("\n") && line.test(content))
      .map(({ what }) => ({ path, problem: `by file ${key}, ${what}`, fix }));
  });
}
