/** What is wrong with a model that its structure cannot say. */
import type { Problem } from "../database/verification.ts";
import type { TsnProperty } from "./offer.ts";
import { gcd, lcm } from "./plan.ts";
import { treeOf } from "./routes.ts";
import { limits, type TsnModel, type TsnStream } from "./schema.ts";

/** Problems that are told at most. */
export const maximumProblems = 100;

/** Every problem of a model, at most `maximumProblems`; none means that it can be verified for that property. */
export function problemsOf(model: TsnModel, property: TsnProperty): Problem[] {
  const problems = [...duplicates(model), ...badReferences(model)];
  if (problems.length === 0) problems.push(...badRoutes(model));
  problems.push(...badTimes(model), ...badLists(model, property));
  if (property === "schedule-exists") problems.push(...badGranularities(model));
  if (problems.length === 0) problems.push(...badSizes(model));
  return problems.slice(0, maximumProblems);
}

function duplicates(model: TsnModel): Problem[] {
  const within = (name: "nodes" | "links" | "streams") =>
    repeated(model[name].map(({ id }) => id)).map(({ index, value }) => ({
      pointer: `/${name}/${index}/id`,
      detail: `id ${value} is taken by an earlier one`,
    }));
  const listeners = model.streams.flatMap((stream, at) =>
    repeated(stream.listeners).map(({ index, value }) => ({
      pointer: `/streams/${at}/listeners/${index}`,
      detail: `listener ${value} is there already`,
    })),
  );
  const routes = model.streams.flatMap((stream, at) =>
    repeated(stream.route ?? []).map(({ index, value }) => ({
      pointer: `/streams/${at}/route/${index}`,
      detail: `link ${value} is there already: a route takes a link once`,
    })),
  );
  const lists = repeated(model.gateControlLists.map(({ node, link }) => `${node}>${link}`)).map(
    ({ index, value }) => ({
      pointer: `/gateControlLists/${index}`,
      detail: `port ${value} has a list already`,
    }),
  );
  return [...within("nodes"), ...within("links"), ...within("streams"), ...listeners, ...routes, ...lists];
}

function repeated(values: readonly string[]): { index: number; value: string }[] {
  const seen = new Set<string>();
  return values.flatMap((value, index) => {
    if (seen.has(value)) return [{ index, value }];
    seen.add(value);
    return [];
  });
}

function badReferences(model: TsnModel): Problem[] {
  const kinds = new Map(model.nodes.map(({ id, kind }) => [id, kind]));
  const links = new Map(model.links.map((link) => [link.id, link]));
  const endStation = (pointer: string, node: string): Problem[] => {
    if (!kinds.has(node)) return [{ pointer, detail: `there is no node ${node}` }];
    if (kinds.get(node) === "end-station") return [];
    return [{ pointer, detail: `${node} is a bridge; only end stations talk and listen` }];
  };
  const ofLinks = model.links.flatMap(({ between }, at) => [
    ...between.flatMap((node, end) =>
      kinds.has(node) ? [] : [{ pointer: `/links/${at}/between/${end}`, detail: `there is no node ${node}` }],
    ),
    ...(between[0] === between[1]
      ? [{ pointer: `/links/${at}/between/1`, detail: "a link is between two different nodes" }]
      : []),
  ]);
  const ofStreams = model.streams.flatMap((stream, at) => [
    ...endStation(`/streams/${at}/talker`, stream.talker),
    ...stream.listeners.flatMap((listener, index) => [
      ...endStation(`/streams/${at}/listeners/${index}`, listener),
      ...(listener === stream.talker
        ? [{ pointer: `/streams/${at}/listeners/${index}`, detail: "the talker cannot listen to itself" }]
        : []),
    ]),
    ...(stream.route ?? []).flatMap((link, index) =>
      links.has(link)
        ? []
        : [{ pointer: `/streams/${at}/route/${index}`, detail: `there is no link ${link}` }],
    ),
  ]);
  const ofLists = model.gateControlLists.flatMap(({ node, link }, at) => {
    const pointer = `/gateControlLists/${at}`;
    if (!kinds.has(node)) return [{ pointer: `${pointer}/node`, detail: `there is no node ${node}` }];
    const target = links.get(link);
    if (!target) return [{ pointer: `${pointer}/link`, detail: `there is no link ${link}` }];
    if (target.between.includes(node)) return [];
    return [{ pointer: `${pointer}/link`, detail: `link ${link} does not end at ${node}` }];
  });
  return [...ofLinks, ...ofStreams, ...ofLists];
}

function badRoutes(model: TsnModel): Problem[] {
  return model.streams.flatMap((stream, at) => {
    const tree = treeOf(model, stream);
    if ("edges" in tree) return [];
    return [{ pointer: stream.route ? `/streams/${at}/route` : `/streams/${at}`, detail: tree.problem }];
  });
}

function badTimes(model: TsnModel): Problem[] {
  return model.streams.flatMap((stream, at) => {
    const problems: Problem[] = [];
    const bound = (key: keyof TsnStream & `${string}Ns`, least: number, allowed: string) => {
      if ((stream[key] ?? 0) > least) {
        problems.push({
          pointer: `/streams/${at}/${key}`,
          detail: `${stream[key]} is too large: ${allowed}`,
        });
      }
    };
    bound("offsetNs", stream.periodNs - 1, `less than periodNs, ${stream.periodNs}`);
    bound("releaseDelayNs", stream.periodNs - 1, `less than periodNs, ${stream.periodNs}`);
    bound(
      "deadlineNs",
      stream.periodNs * limits.deadlineInPeriods,
      `at most ${limits.deadlineInPeriods} times periodNs, ${stream.periodNs}`,
    );
    return problems;
  });
}

function badLists(model: TsnModel, property: TsnProperty): Problem[] {
  if (property === "schedule-exists") {
    if (model.gateControlLists.length === 0) return [];
    return [
      { pointer: "/gateControlLists", detail: "schedule-exists looks for the lists itself: leave them out" },
    ];
  }
  return model.gateControlLists.flatMap((list, at) => {
    const pointer = `/gateControlLists/${at}`;
    const node = model.nodes.find(({ id }) => id === list.node);
    const total = list.entries.reduce((sum, { durationNs }) => sum + durationNs, 0);
    const problems: Problem[] = [];
    if (total > list.cycleTimeNs) {
      const detail = `the entries last ${total} ns, longer than cycleTimeNs, ${list.cycleTimeNs}`;
      problems.push({ pointer: `${pointer}/entries`, detail });
    }
    if (node && list.entries.length > node.maxGateEntries) {
      const detail = `${list.entries.length} entries; ${node.id} holds at most ${node.maxGateEntries}`;
      problems.push({ pointer: `${pointer}/entries`, detail });
    }
    list.entries.forEach(({ openClasses, durationNs }, index) => {
      if (node && durationNs % node.gateGranularityNs !== 0) {
        const detail = `${durationNs} is no multiple of gateGranularityNs of ${node.id}, ${node.gateGranularityNs}`;
        problems.push({ pointer: `${pointer}/entries/${index}/durationNs`, detail });
      }
      if (new Set(openClasses).size !== openClasses.length) {
        problems.push({
          pointer: `${pointer}/entries/${index}/openClasses`,
          detail: "a class is there twice",
        });
      }
    });
    return problems;
  });
}

/** A list repeats with the hyperperiod, so that must be a multiple of what its device can count. */
function badGranularities(model: TsnModel): Problem[] {
  const hyperperiod = lcm(
    model.streams.map(({ periodNs }) => periodNs),
    limits.hyperperiodNs,
  );
  if (hyperperiod === Number.POSITIVE_INFINITY) return [];
  return model.nodes.flatMap(({ gateGranularityNs }, at) =>
    hyperperiod % gateGranularityNs === 0
      ? []
      : [
          {
            pointer: `/nodes/${at}/gateGranularityNs`,
            detail: `the hyperperiod of all streams, ${hyperperiod} ns, is no multiple of ${gateGranularityNs}; they share ${gcd(hyperperiod, gateGranularityNs)}`,
          },
        ],
  );
}

function badSizes(model: TsnModel): Problem[] {
  const cycles = model.gateControlLists.map(({ cycleTimeNs }) => cycleTimeNs);
  const hyperperiod = lcm(
    [...model.streams.map(({ periodNs }) => periodNs), ...cycles],
    limits.hyperperiodNs,
  );
  if (hyperperiod === Number.POSITIVE_INFINITY) {
    const detail = `the least common multiple of all periods and cycles exceeds ${limits.hyperperiodNs} ns; choose ones that are multiples of each other`;
    return [{ pointer: "/streams", detail }];
  }
  const transmissions = model.streams.reduce((sum, stream) => {
    const tree = treeOf(model, stream);
    return sum + ("edges" in tree ? tree.edges.length : 0) * (hyperperiod / stream.periodNs);
  }, 0);
  const changes = model.gateControlLists.reduce(
    (sum, { entries, cycleTimeNs }) => sum + entries.length * (hyperperiod / cycleTimeNs),
    0,
  );
  const problems: Problem[] = [];
  if (transmissions > limits.transmissions) {
    const detail = `${transmissions} transmissions in a hyperperiod of ${hyperperiod} ns; at most ${limits.transmissions}`;
    problems.push({ pointer: "/streams", detail });
  }
  if (changes > limits.gateChanges) {
    const detail = `${changes} gate changes in a hyperperiod of ${hyperperiod} ns; at most ${limits.gateChanges}`;
    problems.push({ pointer: "/gateControlLists", detail });
  }
  return problems;
}
