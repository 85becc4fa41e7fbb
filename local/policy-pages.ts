/** Pages of `docs/policies/`, made from what rules say of themselves. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { z } from "zod";
import type { Rule } from "../policies/rule.ts";
import { rules } from "../policies/rules.ts";
import { root } from "./paths.ts";

/** Where they are, from the root of the repository. */
export const policyPagesFolder = join("docs", "policies");

/** Every page by its name in the folder. */
export function policyPages(): Readonly<Record<string, string>> {
  const pages = rules.map((rule) => [`${rule.name}.md`, pageOf(rule)] as const);
  return { "README.md": indexPage(), ...Object.fromEntries(pages) };
}

function indexPage(): string {
  const areas = Map.groupBy(rules, areaOf);
  const sections = [...areas].map(([area, members]) => {
    const rows = members.map(
      ({ name, severity, description }) => `| [${name}](${name}.md) | ${severity} | ${description} |`,
    );
    return `## ${area[0]?.toUpperCase()}${area.slice(1)}\n\n| rule | severity | what is asked |\n|---|---|---|\n${rows.join("\n")}\n`;
  });
  const count = `${rules.length} rules, by the folders of [policies/](../../policies).`;
  return `# Policies\n\n${made}\n\n${count} How to run them: [policies](../policies.md).\n\n${sections.join("\n")}`;
}

const made = "<!-- Made by `npm run golden`. -->";

function pageOf(rule: Rule): string {
  const { name, severity, description, why, reference, scope, yieldsTo = [] } = rule;
  const area = areaOf(rule);
  const judged = scope === "object" ? "each object by itself" : "how objects fit together";
  return [
    `# ${name}`,
    made,
    `**${description}** ${why}`,
    [
      "| | |",
      "|---|---|",
      `| severity | ${severity} |`,
      `| looks at | ${judged} |`,
      `| source | <${reference}> |`,
      ...(yieldsTo.length > 0
        ? [`| yields to | ${yieldsTo.map((one) => `[${one}](${one}.md)`).join(", ")} |`]
        : []),
      `| code | [policies/${area}/${name}.ts](../../policies/${area}/${name}.ts) |`,
      `| examples | [tests/policies/${area}/${name}.test.ts](../../tests/policies/${area}/${name}.test.ts) |`,
    ].join("\n"),
    ...optionTable(rule.options),
    "",
  ]
    .join("\n\n")
    .trimEnd()
    .concat("\n");
}

function optionTable(options: z.ZodObject | undefined): string[] {
  if (!options) return [];
  const rows = Object.entries(options.shape).map(([key, schema]) => {
    const given: unknown = (schema as z.ZodType).parse(undefined);
    const usual = given === undefined ? "none" : `\`${JSON.stringify(given)}\``;
    return `| \`${key}\` | ${usual} | ${(schema as z.ZodType).description} |`;
  });
  return ["## Options", `| option | default | meaning |\n|---|---|---|\n${rows.join("\n")}`];
}

/** The folder that holds a rule's file. */
function areaOf({ name }: Pick<Rule, "name">): string {
  const files = readdirSync(join(root, "policies"), { recursive: true, encoding: "utf8" });
  const file = files.find((path) => !/^(objects|data|runner)/.test(path) && path.endsWith(`/${name}.ts`));
  const area = file?.split("/")[0];
  if (area === undefined) throw new Error(`no file below policies/ is called ${name}.ts`);
  return area;
}
