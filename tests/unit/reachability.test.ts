import { describe, expect, test } from "vitest";
import {
  type Cluster,
  matrix,
  type NetworkPolicy,
  type Party,
  passage,
  podsOf,
  sideMatrix,
} from "./reachability.ts";

const web = pod("web", { namespace: "a", labels: { app: "web", tier: "front" }, address: "10.0.0.1" });
const database: Party = {
  id: "database",
  address: "10.0.0.2",
  pod: {
    namespace: "a",
    labels: { app: "database" },
    ports: [
      { name: "sql", containerPort: 5432 },
      { name: "stats", containerPort: 8125, protocol: "UDP" },
    ],
  },
};
const visitor = pod("visitor", { namespace: "b", labels: { app: "web" }, address: "10.0.1.1" });
const host: Party = { id: "host", address: "192.0.2.7" };
const host6: Party = { id: "host6", address: "2001:db8::7" };
const parties = [web, database, visitor, host, host6];

function pod(id: string, at: { namespace: string; labels: Record<string, string>; address: string }): Party {
  return { id, address: at.address, pod: { namespace: at.namespace, labels: at.labels, ports: [] } };
}

function policy(spec: NetworkPolicy["spec"], namespace = "a"): NetworkPolicy {
  return { metadata: { name: "policy", namespace }, spec };
}

function cluster(policies: readonly NetworkPolicy[], changes: Partial<Cluster> = {}): Cluster {
  const namespaces = { a: {}, b: { team: "blue" } };
  return { policies, namespaces, parties, ipBlockCoversPods: true, ...changes };
}

/** Who reaches the database, where it is fenced by these rules, on a port. */
function reaching(
  ingress: NetworkPolicy["spec"]["ingress"],
  { port = 5432, protocol = "TCP", ...changes }: Partial<Cluster & { port: number; protocol: string }> = {},
): string[] {
  const fence = policy({ podSelector: { matchLabels: { app: "database" } }, ingress: ingress ?? [] });
  const place = cluster([fence], changes);
  const others = parties.filter((party) => party !== database);
  return others.filter((party) => passage(place, party, database)({ port, protocol })).map(({ id }) => id);
}

const everyone = ["web", "visitor", "host", "host6"];

describe("who is a peer", () => {
  test.each<[string, NetworkPolicy["spec"]["ingress"], string[]]>([
    ["no rule allows nobody", [], []],
    ["an empty rule allows everyone", [{}], everyone],
    ["an empty list of peers allows everyone", [{ from: [] }], everyone],
    [
      "pods by labels, in the policy's own namespace",
      [from({ podSelector: { matchLabels: { app: "web" } } })],
      ["web"],
    ],
    ["all pods of the policy's own namespace", [from({ podSelector: {} })], ["web"]],
    ["all labels must be there", [from({ podSelector: { matchLabels: { app: "web", tier: "back" } } })], []],
    [
      "all pods of some namespaces",
      [from({ namespaceSelector: { matchLabels: { team: "blue" } } })],
      ["visitor"],
    ],
    ["all pods of all namespaces, and no host", [from({ namespaceSelector: {} })], ["web", "visitor"]],
    [
      "namespaces by their name, which no label of theirs can change",
      [from({ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "b" } } })],
      ["visitor"],
    ],
    [
      "pods of other namespaces: both selectors of one peer",
      [
        from({
          namespaceSelector: { matchLabels: { team: "blue" } },
          podSelector: { matchLabels: { app: "database" } },
        }),
      ],
      [],
    ],
    [
      "either of two peers",
      [
        from(
          { namespaceSelector: { matchLabels: { team: "blue" } } },
          { podSelector: { matchLabels: { app: "web" } } },
        ),
      ],
      ["web", "visitor"],
    ],
    [
      "rules add up",
      [from({ ipBlock: { cidr: "192.0.2.0/24" } }), from({ podSelector: { matchLabels: { app: "web" } } })],
      ["web", "host"],
    ],
    ["addresses in a range", [from({ ipBlock: { cidr: "192.0.2.0/29" } })], ["host"]],
    ["no address beside a range", [from({ ipBlock: { cidr: "192.0.2.0/30" } })], []],
    [
      "every IPv4 address, and no other",
      [from({ ipBlock: { cidr: "0.0.0.0/0" } })],
      ["web", "visitor", "host"],
    ],
    ["IPv6 addresses", [from({ ipBlock: { cidr: "2001:db8::/32" } })], ["host6"]],
    [
      "a range without its exceptions",
      [from({ ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8", "192.0.2.4/30"] } })],
      [],
    ],
    ["In", [chosen({ key: "tier", operator: "In", values: ["back", "front"] })], ["web"]],
    ["In needs the label", [chosen({ key: "zone", operator: "In", values: ["x"] })], []],
    ["NotIn", [chosen({ key: "app", operator: "NotIn", values: ["web"] })], []],
    ["NotIn is true without the label", [chosen({ key: "zone", operator: "NotIn", values: ["x"] })], ["web"]],
    ["Exists", [chosen({ key: "tier", operator: "Exists" })], ["web"]],
    ["DoesNotExist", [chosen({ key: "tier", operator: "DoesNotExist" })], []],
  ])("%s", (_title, ingress, expected) => {
    expect(reaching(ingress)).toEqual(expected);
  });

  test("a range does not cover pods where the plugin says so", () => {
    const anywhere = [from({ ipBlock: { cidr: "0.0.0.0/0" } })];
    expect(reaching(anywhere, { ipBlockCoversPods: false })).toEqual(["host"]);
  });

  test.each([
    ["a peer that is empty", from({}), "a peer is empty"],
    [
      "a range with a selector",
      from({ ipBlock: { cidr: "0.0.0.0/0" }, podSelector: {} }),
      "has a selector besides",
    ],
    ["an unknown operator", chosen({ key: "app", operator: "Gt", values: ["1"] }), "has the operator Gt"],
  ])("%s is an error", (_title, rule, message) => {
    expect(() => reaching([rule])).toThrow(message);
  });

  type Peer = NonNullable<NonNullable<NetworkPolicy["spec"]["ingress"]>[number]["from"]>[number];

  function from(...peers: Peer[]) {
    return { from: peers };
  }

  function chosen(requirement: { key: string; operator: string; values?: string[] }) {
    return from({ podSelector: { matchExpressions: [requirement] } });
  }
});

describe("which ports", () => {
  test.each<[string, object, { port: number; protocol?: string }, boolean]>([
    ["none named: all", {}, { port: 1 }, true],
    ["none named: of any protocol", {}, { port: 1, protocol: "SCTP" }, true],
    ["an empty list: all", { ports: [] }, { port: 1, protocol: "UDP" }, true],
    ["a number", { ports: [{ port: 5432 }] }, { port: 5432 }, true],
    ["another number", { ports: [{ port: 5432 }] }, { port: 5433 }, false],
    ["TCP where nothing is said", { ports: [{ port: 5432 }] }, { port: 5432, protocol: "UDP" }, false],
    ["a protocol alone", { ports: [{ protocol: "UDP" }] }, { port: 7, protocol: "UDP" }, true],
    ["a protocol alone, and no other", { ports: [{ protocol: "UDP" }] }, { port: 7 }, false],
    ["the last of a span", { ports: [{ port: 5000, endPort: 5010 }] }, { port: 5010 }, true],
    ["beyond a span", { ports: [{ port: 5000, endPort: 5010 }] }, { port: 5011 }, false],
    ["a name that the pod declares", { ports: [{ port: "sql" }] }, { port: 5432 }, true],
    ["another port than the name's", { ports: [{ port: "sql" }] }, { port: 5433 }, false],
    [
      "a name with its protocol",
      { ports: [{ port: "stats", protocol: "UDP" }] },
      { port: 8125, protocol: "UDP" },
      true,
    ],
    ["a name with another protocol", { ports: [{ port: "stats" }] }, { port: 8125 }, false],
    ["an unknown name", { ports: [{ port: "http" }] }, { port: 5432 }, false],
  ])("%s", (_title, rule, attempt, expected) => {
    expect(reaching([rule], attempt)).toEqual(expected ? everyone : []);
  });

  test("a name in an egress rule is the accepting pod's, and no host's", () => {
    const named = policy({ policyTypes: ["Egress"], egress: [{ ports: [{ port: "sql" }] }] });
    const sql = { port: 5432, protocol: "TCP" };
    expect(passage(cluster([named]), web, database)(sql)).toBe(true);
    expect(passage(cluster([named]), web, host)(sql)).toBe(false);
  });
});

describe("which pods a policy isolates", () => {
  const tried = { port: 80, protocol: "TCP" };
  const opens = (policies: readonly NetworkPolicy[], one: Party, other: Party) =>
    passage(cluster(policies), one, other)(tried);

  test("without a policy, none", () => {
    expect(opens([], web, database)).toBe(true);
  });

  test("without a selector, or with an empty one, all of its namespace", () => {
    for (const spec of [{}, { podSelector: {} }]) {
      expect(opens([policy(spec)], visitor, web)).toBe(false);
      expect(opens([policy(spec)], web, visitor)).toBe(true);
    }
  });

  test("none of another namespace", () => {
    expect(opens([policy({}, "b")], visitor, web)).toBe(true);
  });

  test("without types, outwards only if it has a rule for that", () => {
    expect(opens([policy({ egress: [] })], web, visitor)).toBe(true);
    expect(opens([policy({ egress: [{ ports: [{ port: 81 }] }] })], web, visitor)).toBe(false);
  });

  test("in the directions of its types, whatever rules it has", () => {
    const inwards = policy({ policyTypes: ["Ingress"], egress: [{ ports: [{ port: 81 }] }] });
    expect(opens([inwards], web, visitor)).toBe(true);
    expect(opens([inwards], visitor, web)).toBe(false);
    const outwards = policy({ policyTypes: ["Egress"] });
    expect(opens([outwards], web, visitor)).toBe(false);
    expect(opens([outwards], visitor, web)).toBe(true);
  });

  test("what one policy refuses, another may allow", () => {
    const deny = policy({ policyTypes: ["Ingress", "Egress"] });
    const allow = policy({ policyTypes: ["Ingress", "Egress"], ingress: [{}], egress: [{}] });
    expect(opens([deny, allow], web, visitor)).toBe(true);
    expect(opens([deny, allow], visitor, web)).toBe(true);
  });

  test("both sides must allow a connection", () => {
    const deny = policy({ policyTypes: ["Ingress", "Egress"] });
    const out = policy({
      podSelector: { matchLabels: { app: "web" } },
      policyTypes: ["Egress"],
      egress: [{}],
    });
    const into = policy({ podSelector: { matchLabels: { app: "database" } }, ingress: [{}] });
    expect(opens([deny, out], web, database)).toBe(false);
    expect(opens([deny, into], web, database)).toBe(false);
    expect(opens([deny, out, into], web, database)).toBe(true);
  });

  test("a pod reaches itself, and not another of its kind", () => {
    const deny = policy({ policyTypes: ["Ingress", "Egress"] });
    expect(opens([deny], web, web)).toBe(true);
    expect(opens([deny], web, { ...web })).toBe(false);
  });

  test("a pod on its node's network is an error", () => {
    const agent = { ...web, pod: { namespace: "a", labels: {}, ports: [], hostNetwork: true } };
    expect(() => opens([], agent, web)).toThrow("no policy reaches web: it is on the network of its node");
  });
});

test("the matrix tries the borders of what is named, and a port that nobody names", () => {
  const ports = [{ port: 80 }, { port: 90, endPort: 92 }];
  const fences = [
    policy({ podSelector: {}, policyTypes: ["Ingress", "Egress"] }),
    policy({
      podSelector: { matchLabels: { app: "web" } },
      ingress: [{ from: [{ podSelector: {} }], ports }],
    }),
    policy({ podSelector: { matchLabels: { app: "database" } }, policyTypes: ["Egress"], egress: [{}] }),
  ];
  const place = cluster(fences, { parties: [web, database] });
  const reached = [80, 90, 91, 92].map((port) => `database > web TCP/${port}`);
  const inA = ({ pod }: Party) => pod?.namespace === "a";
  expect(matrix(place, (_from, to) => inA(to))).toEqual(reached);
  const open = matrix(cluster([], { parties: [web, host] }), (from, to) => inA(from) || inA(to));
  expect(open).toContain("host > web TCP/9");
  expect(open).toContain("web > host SCTP/9");
  expect(open).toContain("web > web UDP/9");
  expect(open.some((line) => line.startsWith("host > host"))).toBe(false);
});

test("a side by itself is judged as if the other fenced nothing", () => {
  const place = cluster(
    [
      policy({ policyTypes: ["Ingress", "Egress"] }),
      policy({ podSelector: { matchLabels: { app: "database" } }, ingress: [{ ports: [{ port: 5432 }] }] }),
      policy({
        podSelector: { matchLabels: { app: "web" } },
        policyTypes: ["Egress"],
        egress: [{ ports: [{ port: 80 }] }],
      }),
    ],
    { parties: [web, database] },
  );
  expect(matrix(place, () => true)).toEqual([]);
  const fenced = () => true;
  expect(sideMatrix(place, "Ingress", fenced)).toEqual([
    "database > database TCP/5432",
    "web > database TCP/5432",
  ]);
  expect(sideMatrix(place, "Egress", fenced)).toEqual(["web > database TCP/80", "web > web TCP/80"]);
});

test("pods are those of every object that makes some", () => {
  const template = (labels: object, containers: object[]) => ({ metadata: { labels }, spec: { containers } });
  const metadata = { name: "x", namespace: "a" };
  const named = { "app.kubernetes.io/name": "job" };
  expect(
    podsOf([
      { kind: "Service", metadata, spec: {} },
      {
        kind: "Deployment",
        metadata,
        spec: { template: template({ app: "x" }, [{ ports: [{ containerPort: 1 }] }, {}]) },
      },
      { kind: "CronJob", metadata, spec: { jobTemplate: { spec: { template: template(named, [{}]) } } } },
    ]),
  ).toEqual([
    {
      id: "Deployment/x",
      address: "10.0.0.1",
      pod: { namespace: "a", labels: { app: "x" }, ports: [{ containerPort: 1 }] },
    },
    { id: "job", address: "10.0.0.2", pod: { namespace: "a", labels: named, ports: [] } },
  ]);
  expect(() => podsOf([{ kind: "Job", metadata: { name: "x" }, spec: {} }])).toThrow(
    "Job x has no template or namespace",
  );
});
