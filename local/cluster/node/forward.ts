import { connect, createServer, type Server, type Socket } from "node:net";

/** Where a connection goes. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

/** Milliseconds that a client is given to hang up after it was told that there is nothing for it. */
const patience = 5_000;

/**
 * Passes every connection to `listen` on, byte by byte, to where `target` says at that moment.
 * @param explain what a client is told when the target cannot be had or reached. @default nothing: closed at once
 */
export function forward(args: {
  readonly listen: Place;
  readonly target: () => Promise<Place> | Place;
  readonly explain?: (error: Error) => string;
}): Promise<Server> {
  const { listen, target, explain } = args;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, async (incoming) => {
    incoming.on("error", () => incoming.destroy());
    try {
      await join(incoming, await target());
    } catch (error) {
      incoming.end(explain?.(error as Error) ?? "");
      // What the client still says is not wanted, but ends with its end of the connection, if that comes.
      incoming.resume();
      incoming.setTimeout(patience, () => incoming.destroy());
    }
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ ...listen, exclusive: true }, () => resolve(server));
  });
}

/** Resolves once both are connected. From then on the end of either is the end of both. */
function join(incoming: Socket, place: Place): Promise<void> {
  const outgoing = connect({ ...place, allowHalfOpen: true, noDelay: true });
  return new Promise((resolve, reject) => {
    outgoing.once("error", reject);
    outgoing.once("connect", () => {
      outgoing.on("error", () => incoming.destroy());
      incoming.on("error", () => outgoing.destroy());
      incoming.once("close", () => outgoing.destroy());
      outgoing.once("close", () => incoming.destroy());
      incoming.pipe(outgoing).pipe(incoming);
      resolve();
    });
  });
}
