import { createServer, type Server } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { forward } from "../../local/cluster/node/forward.ts";
import {
  addressToNumber,
  chooseLine,
  homeLine,
  identityOf,
  lineName,
  numberToAddress,
  rangesOfRoutes,
} from "../../local/cluster/node/link.ts";

describe("the line to the node", () => {
  const range = (text: string) => rangesOfRoutes(JSON.stringify([{ dst: text }]));

  test("takes the first addresses that nothing uses", () => {
    expect(chooseLine([])).toEqual({ hostAddress: "10.246.0.1", nodeAddress: "10.246.0.2" });
    expect(chooseLine(range("10.246.0.0/30")).hostAddress).toBe("10.246.0.5");
    expect(chooseLine(range("10.246.0.0")).hostAddress).toBe("10.246.0.5");
    expect(chooseLine(range("10.246.0.3")).hostAddress).toBe("10.246.0.5");
    expect(chooseLine(range("10.246.0.7")).hostAddress).toBe("10.246.0.1");
    expect(chooseLine([...range("10.246.0.2"), ...range("10.246.0.4/31")]).hostAddress).toBe("10.246.0.9");
  });

  test("leaves a block that a company's network has", () => {
    expect(chooseLine(range("10.0.0.0/8")).hostAddress).toBe("172.30.0.1");
    expect(chooseLine([...range("10.0.0.0/8"), ...range("172.16.0.0/12")]).hostAddress).toBe("192.168.246.1");
  });

  test("stays where it was while that is free", () => {
    expect(chooseLine([], { hostAddress: "172.30.0.9" }).nodeAddress).toBe("172.30.0.10");
    expect(chooseLine(range("172.30.0.8/29"), { hostAddress: "172.30.0.9" }).hostAddress).toBe("10.246.0.1");
  });

  test("is at home at one of 64 places, by the cluster's folder", () => {
    expect(homeLine("00000000").hostAddress).toBe("10.246.0.1");
    expect(homeLine("0000007f").hostAddress).toBe("10.246.0.253");
    expect(chooseLine([], homeLine("00000001")).nodeAddress).toBe("10.246.0.6");
  });

  test("fails where all are used", () => {
    const all = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].flatMap(range);
    expect(() => chooseLine(all)).toThrow(/No private addresses are left/);
  });

  test("takes a default route for no range", () => {
    expect(range("default")).toEqual([]);
    expect(rangesOfRoutes("")).toEqual([]);
  });

  test("addresses are numbers and back", () => {
    for (const address of ["0.0.0.0", "10.246.0.1", "192.168.246.253", "255.255.255.255"])
      expect(numberToAddress(addressToNumber(address))).toBe(address);
  });

  test("has a name that the kernel allows, another for every folder", () => {
    const names = ["/a/cluster", "/b/cluster"].map((folder) => lineName(identityOf(folder)));
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name).toMatch(/^iv-[0-9a-f]{8}$/);
  });
});

describe("forwarding", () => {
  const servers: Server[] = [];
  const listening = (server: Server) => {
    servers.push(server);
    return (server.address() as { port: number }).port;
  };
  const serve = (answer: (text: string) => string) =>
    new Promise<number>((resolve) => {
      const server = createServer({ allowHalfOpen: true }, async (socket) => {
        let text = "";
        for await (const piece of socket) text += String(piece);
        socket.end(answer(text));
      });
      server.listen(0, "127.0.0.1", () => resolve(listening(server)));
    });
  const say = async (port: number, text: string) => {
    const { connect } = await import("node:net");
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    socket.end(text);
    let answer = "";
    for await (const piece of socket) answer += String(piece);
    return answer;
  };

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
  });

  test("passes both directions, each to its end, to where the target is at that moment", async () => {
    const ports = [await serve((text) => `one ${text}`), await serve((text) => `two ${text}`)];
    let index = 0;
    const server = await forward({
      listen: { host: "127.0.0.1", port: 0 },
      target: () => ({ host: "127.0.0.1", port: ports[index] ?? 0 }),
    });
    const port = listening(server);
    expect(await say(port, "x".repeat(300_000))).toBe(`one ${"x".repeat(300_000)}`);
    index = 1;
    expect(await say(port, "y")).toBe("two y");
  });

  test("says why when there is no target, or it does not answer", async () => {
    const closed = await serve(() => "");
    await new Promise((resolve) => servers.pop()?.close(resolve));
    const targets = [
      () => Promise.reject(new Error("no such Service")),
      () => ({ host: "127.0.0.1", port: closed }),
    ];
    for (const [index, text] of ["no such Service", "ECONNREFUSED"].entries()) {
      const server = await forward({
        listen: { host: "127.0.0.1", port: 0 },
        target: targets[index] ?? (() => Promise.reject(new Error("unreached"))),
        explain: ({ message }) => `because: ${message}`,
      });
      expect(await say(listening(server), "x")).toContain(`because: ${index === 0 ? text : "connect"}`);
    }
  });
});
