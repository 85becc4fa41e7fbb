import { posix } from "node:path";
import { filesOfServers } from "../data/files-of-servers.ts";
import { imageName } from "../objects/images.ts";
import { commandLine, isBelow, type MountedFile, mountedFiles } from "../objects/mounted-files.ts";
import type { Container } from "../objects/pods.ts";
import { fields, list, text, texts } from "../objects/values.ts";
import { stackRule } from "../rule.ts";

/** A server reads its configuration where its image looks, or where it is told to. */
export const serverFiles = stackRule({
  name: "server-files",
  severity: "mandatory",
  description:
    "Configuration of a server is mounted where its image reads it, or the server is told where it is.",
  why: "The server runs with its defaults, as if the file were not there.",
  reference: "https://github.com/docker-library/docs",
  check(stack) {
    return stack.workloads.flatMap((object) =>
      object.containers.flatMap((container) => {
        const image = imageName(text(container.container.image) ?? "").name;
        const server = filesOfServers.find(({ images }) => images.includes(image));
        if (!server || !container.isLasting) return [];
        const { files } = mountedFiles(stack, object, container);
        const words = [...commandLine(container), ...valuesOf(container)];
        return files.flatMap((file) => {
          const isRead = isBelow(file.file, server.read) || isTold(file, words, files);
          if (!server.file.test(posix.basename(file.file)) || isRead) return [];
          return [
            {
              object,
              path: `${file.mount}.mountPath`,
              problem: `container ${container.name} has ${file.file}, which ${image} does not read by itself and is not told to`,
              fix: `Write ${server.tell.replaceAll("PATH", file.file)} (${server.source})`,
            },
          ];
        });
      }),
    );
  },
});

/** Whether a command line, a variable or another file, as a script that starts the server, names the file or its folder. */
function isTold(
  { file, key, configMap }: MountedFile,
  words: readonly string[],
  files: readonly MountedFile[],
): boolean {
  const others = files.filter((one) => one.key !== key || one.configMap.content !== configMap.content);
  const names = [posix.basename(file), posix.dirname(file)];
  return [...words, ...others.map(({ content }) => content)].some((given) =>
    names.some((name) => given.includes(name)),
  );
}

function valuesOf({ container }: Container): string[] {
  return list(container.env).flatMap((item) => texts(fields(item)).value ?? []);
}
