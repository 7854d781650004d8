// What the page shows: which strategies were chosen lately, and how long they take. Forgotten when the service stops.

import { ROUTES } from './routes.mjs';

const LATELY = 300; // decisions of a route
const PER_KIND = 50; // decisions, and runs of each strategy
const KINDS_SHOWN = 12;
const RATE_SECONDS = 5;

export class Statistics {
  constructor(now = () => performance.now() / 1000) {
    this.now = now;
    this.finished = [];
    this.total = 0;
    this.routes = new Map(ROUTES.map(({ name }) => [name, { decisions: [], kinds: new Map() }]));
  }

  /** Takes in a run. One whose strategy was asked for counts as a run of that strategy, not as a decision. */
  add({ route, kind, strategy, ms, decisionMs, wanted }) {
    this.total += 1;
    this.finished.push(this.now());
    const { decisions, kinds } = this.routes.get(route);
    const known = kinds.get(kind) ?? { chosen: [], times: new Map() };
    kinds.set(kind, known);
    known.times.set(strategy, lastOf([...(known.times.get(strategy) ?? []), ms], PER_KIND));
    if (wanted) return;
    known.chosen.push({ strategy, ms });
    known.chosen = lastOf(known.chosen, PER_KIND);
    decisions.push({ kind, strategy, ms, decisionMs });
    if (decisions.length > LATELY) decisions.shift();
  }

  /** Requests per second over the last seconds. */
  rate() {
    const since = this.now() - RATE_SECONDS;
    this.finished = this.finished.filter((time) => time > since);
    return this.finished.length / RATE_SECONDS;
  }

  /** For JSON. Times are means in ms; null where there is none. */
  snapshot() {
    return { total: this.total, rate: this.rate(), routes: ROUTES.map((route) => this.routeSnapshot(route)) };
  }

  routeSnapshot({ name, about, strategies }) {
    const { decisions, kinds } = this.routes.get(name);
    const timeOf = (kind, { id }) => mean(kinds.get(kind).times.get(id) ?? []);
    const counted = groupByKind(decisions);
    const busiest = [...counted].sort(([a, these], [b, those]) => those.length - these.length || a.localeCompare(b)).slice(0, KINDS_SHOWN);
    return {
      name,
      about,
      decisions: decisions.length,
      now: mean(decisions.map(({ ms }) => ms)),
      deciding: mean(decisions.map(({ decisionMs }) => decisionMs)),
      strategies: strategies.map((strategy) => ({
        name: strategy.name,
        share: share(decisions, strategy),
        // Had it done the same requests: the mean over their kinds of its own time there, if it has run in all of them.
        always: mean(decisions.map(({ kind }) => timeOf(kind, strategy))),
      })),
      kinds: busiest.map(([kind, these]) => {
        const { chosen } = kinds.get(kind);
        const cells = strategies.map((strategy) => ({ share: share(chosen, strategy), ms: timeOf(kind, strategy) }));
        return { kind, decisions: these.length, now: mean(chosen.map(({ ms }) => ms)), cells };
      }).sort((a, b) => a.kind.localeCompare(b.kind, 'en', { numeric: true })),
    };
  }
}

const lastOf = (list, count) => list.slice(-count);

/** null if there are no numbers, or if one of them is missing. */
function mean(numbers) {
  if (numbers.length === 0 || numbers.includes(null)) return null;
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

const share = (runs, { id }) => (runs.length === 0 ? 0 : runs.filter(({ strategy }) => strategy === id).length / runs.length);

function groupByKind(decisions) {
  const groups = new Map();
  for (const decision of decisions) groups.set(decision.kind, [...(groups.get(decision.kind) ?? []), decision]);
  return groups;
}
