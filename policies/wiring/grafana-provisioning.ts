import { posix } from "node:path";
import { imageName } from "../objects/images.ts";
import { commandLine, type MountedFile, mountedFiles } from "../objects/mounted-files.ts";
import type { Container } from "../objects/pods.ts";
import { parsed } from "../objects/prometheus.ts";
import { fields, ifKnown, list, text } from "../objects/values.ts";
import { stackRule } from "../rule.ts";

/** What a provisioning file holds, and the folder that Grafana looks for it in. */
const folders: Readonly<Record<string, string>> = {
  datasources: "datasources",
  deleteDatasources: "datasources",
  providers: "dashboards",
  groups: "alerting",
  contactPoints: "alerting",
  policies: "alerting",
  apps: "plugins",
};

/** Grafana looks for each sort of provisioning in a folder of its own. */
export const grafanaProvisioning = stackRule({
  name: "grafana-provisioning",
  severity: "mandatory",
  description: "Provisioning files of Grafana are mounted in the folders where it looks for them.",
  why: "Grafana starts without these data sources and dashboards, and says nothing of it.",
  reference: "https://grafana.com/docs/grafana/latest/administration/provisioning/",
  check(stack) {
    return stack.workloads.flatMap((object) =>
      object.containers.flatMap((container) => {
        if (!/^grafana(-oss|-enterprise)?$/.test(imageName(text(container.container.image) ?? "").name))
          return [];
        const root = provisioningOf(container);
        const { files } = mountedFiles(stack, object, container);
        if (root === undefined) return [];
        const lost = files.flatMap((file) => {
          const folder = folderOf(file);
          const isFound = folder === undefined || posix.dirname(file.file) === posix.join(root, folder);
          // Elsewhere a script may take it from; next to the folders nobody does.
          return isFound || !file.file.startsWith(`${root}/`) ? [] : [{ ...file, folder }];
        });
        return [...Map.groupBy(lost, ({ mount }) => mount)].map(([mount, some]) => ({
          object,
          path: `${mount}.mountPath`,
          problem: `container ${container.name} has ${some.map(({ file }) => file).join(" and ")}, where Grafana does not look`,
          fix: `Mount ${some.map(({ key, folder }) => `${key} in ${posix.join(root, folder)}`).join(", ")}`,
        }));
      }),
    );
  },
});

/** The folder of provisioning; undefined where a preview does not know it yet. */
function provisioningOf(container: Container): string | undefined {
  const variable = list(container.container.env).find((one) => fields(one).name === "GF_PATHS_PROVISIONING");
  const option = commandLine(container).find((word) => word.startsWith("cfg:default.paths.provisioning="));
  const given = variable === undefined ? option?.split("=")[1] : ifKnown(() => text(fields(variable).value));
  if (variable !== undefined && given === undefined) return undefined;
  return posix.resolve("/", given ?? "/etc/grafana/provisioning");
}

function folderOf({ file, content }: MountedFile): string | undefined {
  if (!/\.ya?ml$/.test(file)) return undefined;
  const found = Object.keys(parsed(content) ?? {}).find((key) => Object.hasOwn(folders, key));
  return found && folders[found];
}
