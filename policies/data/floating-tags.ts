/** Words of tags that move from release to release: branches, channels, and the systems that images are built on. */
export const floatingWords: ReadonlySet<string> = new Set(
  `latest stable mainline main master trunk head edge nightly daily weekly snapshot dev devel develop development canary next
  current lts testing unstable experimental alpine slim debian ubuntu ubi fedora busybox
  distroless bullseye bookworm trixie jammy noble focal windowsservercore nanoserver`
    .split(/\s+/)
    .filter(Boolean),
);
