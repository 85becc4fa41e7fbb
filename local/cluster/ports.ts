import { randomInt } from "node:crypto";
import { createServer, type Server } from "node:net";
import { type Ports, portNames } from "./settings.ts";

/** Below the ranges from which Linux (32768) and macOS (49152) take the ports of outgoing connections. */
const lowest = 20_000;
const highest = 29_999;

/** Listens on a port of 127.0.0.1; resolves to nothing when it is taken. */
function hold(port: number): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" || error.code === "EACCES" ? resolve(undefined) : reject(error),
    );
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => resolve(server));
  });
}

const release = (server: Server) => new Promise((resolve) => server.close(resolve));

/** Whether all of these ports could be listened on just now. */
export async function areFree(ports: Ports): Promise<boolean> {
  const held = await Promise.all(portNames.map((name) => hold(ports[name])));
  const servers = held.filter((server) => server !== undefined);
  await Promise.all(servers.map(release));
  return servers.length === portNames.length;
}

/**
 * Free ports of 127.0.0.1, all different. They are free at the time of the call, no longer: who starts the servers must
 * be ready to ask again.
 */
export async function choosePorts(random: (min: number, max: number) => number = randomInt): Promise<Ports> {
  const held = new Map<number, Server>();
  try {
    for (let tries = 0; held.size < portNames.length; tries++) {
      if (tries === 1000)
        throw new Error(`No free ports on 127.0.0.1 between ${lowest} and ${highest} after 1000 tries.`);
      const port = random(lowest, highest + 1);
      const server = held.has(port) ? undefined : await hold(port);
      if (server) held.set(port, server);
    }
    const chosen = [...held.keys()];
    return Object.fromEntries(portNames.map((name, index) => [name, chosen[index]])) as Ports;
  } finally {
    await Promise.all([...held.values()].map(release));
  }
}

/** A free port of 127.0.0.1: the preferred one if it is free. */
export async function freePort(preferred?: number): Promise<number> {
  for (let tries = 0; tries < 1000; tries++) {
    const port = tries === 0 && preferred !== undefined ? preferred : randomInt(lowest, highest + 1);
    const server = await hold(port);
    if (!server) continue;
    await release(server);
    return port;
  }
  throw new Error(`No free port on 127.0.0.1 between ${lowest} and ${highest} after 1000 tries.`);
}
