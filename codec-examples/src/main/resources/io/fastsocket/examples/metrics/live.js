// The live page of the cores. /events tells once a second what every loop has counted since the start; the rates, the lines
// between cores and the plots of the last minutes are made here. What a server sends is only ever written as text.

const SAMPLES_MAX = 300;            // one a second: five minutes
const SAMPLE_GAP_MIN_MS = 500;      // a closer sample would make a rate of chance
const RATE_WINDOW_MS = 3_000;
const MINUTE_MS = 60_000;
const STALE_MS = 3_500;             // three messages missed
const SILENCE_MAX_MS = 10_000;      // then an open connection is taken for dead
const RETRY_MS = 2_000;             // where the browser has given up
const HOT_SHARE = 0.9;
const UNEVEN_RATIO = 1.5;
const JUDGED_MIN = 20;              // connections a loop; fewer are uneven by chance
const LINES_MAX = 8;                // series in a plot; more loops are drawn as most, median and least
const ARCS_MAX = 64;
const ARCS_NAMED_MAX = 8;
const SHOWN_MIN_SECONDS = 60;       // in a plot
const COLUMNS = [
  "accepted", "acceptedLocal", "acceptedRemote", "opened", "openedLocal", "openedRemote", "busyNanos", "queue", "lagMaxNanos", "active",
];
const place = Object.fromEntries(COLUMNS.map((name, index) => [name, index]));
const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3]];
const CAUSES = {
  forbidden: "the system forbids it",
  limit: "a limit of the system",
  unavailable: "not to be had here",
  unpinned: "loops are not pinned",
  unreadable: "the card does not tell",
  misses: "too many arrived elsewhere",
};

// ---- Numbers -----------------------------------------------------------------------------------------------------------

const isCount = (value) => Number.isFinite(value) && value >= 0;
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/** How much a count grew; null where it is unknown or fell, which a count does only when its server is another one. */
function growth(now, before) {
  return isCount(now) && isCount(before) && now >= before ? now - before : null;
}

function rate(now, before, seconds) {
  const grown = growth(now, before);
  return grown === null || !seconds ? null : grown / seconds;
}

/** The part of a whole, 0 to 1; null where there is no whole. */
function share(part, whole) {
  return part === null || !whole ? null : Math.min(1, Math.max(0, part / whole));
}

/** The sum of what is known; null where nothing is. */
function sumKnown(numbers) {
  const known = numbers.filter((number) => number !== null);
  return known.length ? sum(known) : null;
}

/** Over the listeners of a loop, of what their engine tells. */
const ofListeners = (name) => (loop) => sumKnown(loop.listeners.map((listener) => (isCount(listener[name]) ? listener[name] : null)));
const queueOf = ofListeners("queue");
const limitOf = ofListeners("limit");
const droppedOf = ofListeners("dropped");

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const threeDigits = new Intl.NumberFormat("en", { minimumSignificantDigits: 3, maximumSignificantDigits: 3 });
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });

const NONE = "–";
const orNone = (format) => (value) => (value === null ? NONE : format(value));
const perSecond = orNone((value) => `${(value < 10 ? oneDigit : whole).format(value)}/s`);
const percent = orNone((value) => `${(value > 0.99 && value < 1 ? oneDigit : whole).format(value * 100)} %`);
const millis = orNone((value) => `${threeDigits.format(value)} ms`);
const ratio = orNone((value) => `${value.toFixed(2)} ×`);
const short = (value) => compact.format(value).replace("K", "k");
const connections = orNone((value) => `${whole.format(value)} conn.`);
const counted = (count, one, many) => `${whole.format(count)} ${count === 1 ? one : many}`;

function duration(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3_600) % 24, Math.floor(seconds / 60) % 60];
  if (days) return `${days} d ${hours} h`;
  if (hours) return `${hours} h ${minutes} min`;
  return minutes ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

const isPinned = (loop) => Number.isInteger(loop.cpu);
const nameOf = (loop) => (isPinned(loop) ? `loop ${loop.loop} on CPU ${loop.cpu}` : `loop ${loop.loop}, unpinned`);

// ---- What is known -----------------------------------------------------------------------------------------------------

let startedAt = null;   // null: not known yet
let states = [];        // what /events told in the last seconds; the newest is last
let samples = [];       // {at, loops: [[a number for each of COLUMNS]]}, at most SAMPLES_MAX

function takeHistory(message) {
  const order = COLUMNS.map((name) => message.columns.indexOf(name));
  forget();
  for (const { at, loops } of message.samples) {
    takeSample({ at, loops: loops.map((numbers) => order.map((index) => numbers[index] ?? null)) });
  }
}

function takeState(state) {
  if (startedAt !== null && state.startedAt !== startedAt) forget();
  startedAt = state.startedAt;
  const last = states.at(-1);
  if (last && (state.at <= last.at || state.loops.length !== last.loops.length)) states = [];
  states.push(state);
  while (states.length > 1 && states[1].at <= state.at - RATE_WINDOW_MS) states.shift();
  takeSample(sampleOf(state));
}

function forget() {
  startedAt = null;
  states = [];
  samples = [];
  clearPlots();
}

function sampleOf({ at, loops }) {
  return { at, loops: loops.map((loop) => COLUMNS.map((name) => (name === "queue" ? queueOf(loop) : loop[name]))) };
}

function takeSample(sample) {
  const last = samples.at(-1);
  if (last && Math.abs(sample.at - last.at) < SAMPLE_GAP_MIN_MS) return;
  if (last && (sample.at < last.at || sample.loops.length !== last.loops.length)) {
    samples = [];
    clearPlots();
  }
  samples.push(sample);
  if (samples.length > SAMPLES_MAX) samples.shift();
  plotSample(sample, samples.at(-2));
}

/** What each loop did in the last seconds, and all of them together; null where there is only one message yet. */
function ratesOf(now, before) {
  const seconds = (now.at - before.at) / 1000;
  const loops = now.loops.map((loop, index) => {
    const was = before.loops[index];
    const grown = (name) => growth(loop[name], was[name]);
    const counts = {
      inLocal: grown("acceptedLocal"), inRemote: grown("acceptedRemote"),
      outLocal: grown("openedLocal"), outRemote: grown("openedRemote"),
    };
    return {
      ...counts, ...localSharesOf(counts),
      acceptRate: rate(loop.accepted, was.accepted, seconds),
      openRate: rate(loop.opened, was.opened, seconds),
      busy: share(grown("busyNanos"), seconds * 1e9),
    };
  });
  const all = (name) => sumKnown(loops.map((loop) => loop[name]));
  const counts = { inLocal: all("inLocal"), inRemote: all("inRemote"), outLocal: all("outLocal"), outRemote: all("outRemote") };
  return {
    loops, ...localSharesOf(counts),
    acceptRate: all("acceptRate"),
    openRate: all("openRate"),
    crossings: crossingRates(now, before, seconds),
  };
}

/** Of the connections of which it is known where their packets arrive. */
function localSharesOf({ inLocal, inRemote, outLocal, outRemote }) {
  return { acceptedLocal: share(inLocal, inLocal + inRemote), openedLocal: share(outLocal, outLocal + outRemote) };
}

/** The pairs of loops between which connections crossed just now, the busiest first. */
function crossingRates(now, before, seconds) {
  const counts = new Map(before.crossings.map(({ from, to, count }) => [`${from}>${to}`, count]));
  return now.crossings
    .map(({ from, to, count }) => ({ from, to, perSecond: rate(count, counts.get(`${from}>${to}`) ?? 0, seconds) ?? 0 }))
    .filter((crossing) => crossing.perSecond > 0)
    .sort((one, other) => other.perSecond - one.perSecond);
}

/** What each loop accepted in the last minute, as far as that is known. */
function acceptedInMinute() {
  const now = samples.at(-1);
  const before = samples.find((sample) => sample.at >= now.at - MINUTE_MS);
  return now.loops.map((loop, index) => growth(loop[place.accepted], before.loops[index][place.accepted]) ?? 0);
}

/** Whether the loops share the work, in words that change only when that does: a screen reader reads each of them. */
function verdictOf(state, rates) {
  const { loops } = state;
  const hot = loops.filter((loop, index) => rates.loops[index].busy >= HOT_SHARE);
  const hotText = hot.length > 3 ? ` Hot: ${hot.length} loops.` : hot.length ? ` Hot: ${hot.map(nameOf).join("; ")}.` : "";
  const accepted = acceptedInMinute();
  const spread = loops.length === 1
    ? { tone: "none", words: "One loop: it takes every connection." }
    : spreadOf(loops, accepted, "new connections") ?? spreadOf(loops, loops.map((loop) => loop.active), "open connections")
      ?? { tone: "none", words: tooFew(loops, sum(accepted)) };
  return { tone: hot.length ? "uneven" : spread.tone, words: spread.words + hotText };
}

/** Null where there are too few to tell. */
function spreadOf(loops, counts, what) {
  const total = sum(counts);
  if (total < JUDGED_MIN * loops.length) return null;
  const most = Math.max(...counts);
  if ((most * loops.length) / total < UNEVEN_RATIO) return { tone: "even", words: `Even: the ${what} spread over all loops.` };
  const part = most / total >= 0.95 ? "nearly all" : most / total > 0.5 ? "most" : "more than its part";
  return { tone: "uneven", words: `Uneven: ${nameOf(loops[counts.indexOf(most)])} has ${part} of the ${what}.` };
}

function tooFew(loops, acceptedLately) {
  if (acceptedLately) return "Too few connections in the last minute to call them even or not.";
  return loops.some((loop) => loop.accepted || loop.opened) ? "No new connection in the last minute." : "No connection yet.";
}

// ---- The page ----------------------------------------------------------------------------------------------------------

const fieldsIn = (root) => Object.fromEntries([...root.querySelectorAll("[data-field]")].map((node) => [node.dataset.field, node]));
const page = fieldsIn(document);
const main = document.querySelector("main");

function write(node, words) {
  if (node.textContent !== words) node.textContent = words;
}

function element(name, words = "", className = "") {
  const node = document.createElement(name);
  node.textContent = words;
  if (className) node.className = className;
  return node;
}

function svgElement(name) {
  return document.createElementNS("http://www.w3.org/2000/svg", name);
}

function setAttributes(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
}

let paused = false;
let scheduled = false;

/** Draws before the next frame, however many messages came; a hidden page is not drawn. */
function schedule() {
  if (scheduled || paused) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    if (states.length) show(states.at(-1), ratesOf(states.at(-1), states[0]));
  });
}

function show(state, rates) {
  fitTo(state.loops);
  showFacts(state);
  showTogether(state, rates);
  const busiest = Math.max(...rates.loops.map((loop) => loop.acceptRate ?? 0));
  state.loops.forEach((loop, index) => showColumn(columns[index], loop, rates.loops[index], busiest));
  showCrossings(state, rates.crossings);
  showLadder(state);
  drawPlots();
}

function showFacts(state) {
  write(page.engine, state.engine);
  write(page.listening, state.listening.join(", ") || "not yet");
  write(page.uptime, duration(state.at - state.startedAt));
}

function showTogether(state, rates) {
  const { loops, imbalance } = state;
  const verdict = verdictOf(state, rates);
  write(page.verdict, verdict.words);
  page.verdict.dataset.tone = verdict.tone;
  write(page.acceptRate, perSecond(rates.acceptRate));
  write(page.acceptedLocal, localText(rates.acceptedLocal, rates.acceptRate));
  write(page.openRate, perSecond(rates.openRate));
  write(page.openedLocal, localText(rates.openedLocal, rates.openRate));
  write(page.imbalance, ratio(imbalance.accepted));
  write(page.imbalanceActive, `new conn.; active ${ratio(imbalance.active)}`);
  write(page.active, connections(sum(loops.map((loop) => loop.active))));
  const dropped = sumKnown(loops.map(droppedOf));
  write(page.queue, connections(sumKnown(loops.map(queueOf))));
  write(page.dropped, dropped === null ? "not known" : `${counted(dropped, "packet", "packets")} dropped`);
  write(page.crossingRate, perSecond(sum(rates.crossings.map((crossing) => crossing.perSecond))));
  write(page.crossings, `${whole.format(sum(state.crossings.map((crossing) => crossing.count)))} since the start`);
}

function localText(localShare, perSecondAll) {
  if (localShare !== null) return `${percent(localShare)} local`;
  return perSecondAll ? "not known how many local" : "none just now";
}

// ---- Columns -----------------------------------------------------------------------------------------------------------

const columnTemplate = document.getElementById("loop-column");
const columnList = document.querySelector(".loops");
let columns = [];
let fittedTo = "";

/** Makes the columns anew where the loops are others than those shown. */
function fitTo(loops) {
  const names = loops.map(nameOf);
  if (names.join() === fittedTo) return;
  fittedTo = names.join();
  main.dataset.loops = loops.length <= 4 ? "few" : loops.length <= LINES_MAX ? "some" : "many";
  columns = loops.map(makeColumn);
  columnList.replaceChildren(...columns.map((column) => column.node));
  page.crossingsFigure.hidden = loops.length < 2;
  makeNodes(loops);
}

function makeColumn(loop) {
  const node = columnTemplate.content.firstElementChild.cloneNode(true);
  const fields = fieldsIn(node);
  const article = node.querySelector("article");
  article.setAttribute("aria-label", nameOf(loop));
  write(fields.cpu, isPinned(loop) ? `CPU ${loop.cpu}` : "unpinned");
  write(fields.loop, `loop ${loop.loop}`);
  return { node, article, fields };
}

function showColumn({ article, fields }, loop, rates, busiest) {
  const hot = rates.busy >= HOT_SHARE;
  article.toggleAttribute("data-hot", hot);
  fields.hot.hidden = !hot;
  write(fields.busy, percent(rates.busy));
  fill(fields.busy, rates.busy);
  write(fields.acceptRate, perSecond(rates.acceptRate));
  fill(fields.acceptRate, share(rates.acceptRate, busiest));
  write(fields.acceptedLocal, percent(rates.acceptedLocal));
  write(fields.openRate, perSecond(rates.openRate));
  write(fields.openedLocal, percent(rates.openedLocal));
  const queue = queueOf(loop);
  const limit = limitOf(loop);
  write(fields.queue, queue === null ? "not known" : `${whole.format(queue)}/${orNone(whole.format)(limit)} conn.`);
  fill(fields.queue, share(queue, limit));
  write(fields.active, connections(loop.active));
  write(fields.lag, millis(loop.lagMaxNanos / 1e6));
  write(fields.pending, counted(loop.pendingTasks, "task", "tasks"));
  write(fields.listeners, loop.listeners.map((listener) => listener.address).join(", ") || "none");
  write(fields.queues, loop.queues.join(", ") || "none");
  const notes = notesOf(loop);
  write(fields.notes, notes);
  fields.notes.hidden = !notes;
}

function fill(field, part) {
  field.closest("div").style.setProperty("--share", (part ?? 0).toFixed(3));
}

/** What went wrong since the start, and what was handed over; empty where nothing was. */
function notesOf(loop) {
  const counts = [
    [loop.handedOver, "handed over"],
    [droppedOf(loop), "packets dropped"],
    [loop.acceptErrors, "accept errors"],
    ...Object.entries(loop.acceptPauses).map(([cause, count]) => [count, `accept pauses (${cause})`]),
    [loop.connectsFailed, "connects failed"],
    [loop.fallbacks, "took any port"],
  ];
  const words = counts.filter(([count]) => count > 0).map(([count, what]) => `${whole.format(count)} ${what}`);
  return words.length ? `Since the start: ${words.join(", ")}.` : "";
}

// ---- Crossings ---------------------------------------------------------------------------------------------------------

const drawing = page.crossingsFigure.querySelector("svg");
const arcGroup = drawing.querySelector(".arcs");
const nodeGroup = drawing.querySelector(".nodes");
const BASE = 90;            // of the axis, from the top, of 110
const ARC_MIN = 26;         // height between neighbours
const ARC_MAX = 78;         // height from end to end
let nodes = [];             // the loops on the axis
let places = new Map();     // loop -> x
const arcs = new Map();     // "from>to" -> the line and its number

function makeNodes(loops) {
  nodes = loops.map((loop) => {
    const [circle, label] = [svgElement("circle"), svgElement("text")];
    label.textContent = loop.loop;
    return { loop: loop.loop, circle, label };
  });
  nodeGroup.replaceChildren(...nodes.flatMap(({ circle, label }) => [circle, label]));
  placeNodes();
}

/** Over the middle of their columns where these stand in one row, else evenly. */
function placeNodes() {
  if (!nodes.length) return;
  const width = drawing.clientWidth;
  const boxes = columns.map(({ node }) => node);
  const oneRow = boxes.every((box) => box.offsetTop === boxes[0].offsetTop);
  const spacing = width / nodes.length;
  const labelEvery = Math.ceil(22 / spacing);
  drawing.setAttribute("viewBox", `0 0 ${Math.max(1, width)} 110`);
  places = new Map();
  nodes.forEach(({ loop, circle, label }, index) => {
    const x = oneRow ? boxes[index].offsetLeft - columnList.offsetLeft + boxes[index].offsetWidth / 2 : spacing * (index + 0.5);
    places.set(loop, x);
    setAttributes(circle, { cx: x, cy: BASE + 2, r: Math.min(4, spacing / 4) });
    setAttributes(label, { x, y: BASE + 18, visibility: index % labelEvery ? "hidden" : "visible" });
  });
}

function showCrossings(state, crossings) {
  const drawn = crossings.slice(0, ARCS_MAX);
  const keys = new Set(drawn.map(({ from, to }) => `${from}>${to}`));
  for (const [key, arc] of arcs) {
    if (!keys.has(key)) {
      arc.line.remove();
      arc.label.remove();
      arcs.delete(key);
    }
  }
  const named = [];
  for (const crossing of drawn) drawArc(crossing, named);
  page.crossingsFigure.toggleAttribute("data-none", !state.crossings.length);
  write(page.crossingsText, crossingsWords(state, crossings));
}

/** With its number, unless that would cover one in `named`, the places of those written so far. */
function drawArc({ from, to, perSecond: crossed }, named) {
  const key = `${from}>${to}`;
  const arc = arcs.get(key) ?? { line: svgElement("path"), label: svgElement("text") };
  if (!arcs.has(key)) {
    arcs.set(key, arc);
    arcGroup.append(arc.line, arc.label);
  }
  // Beside the middle of a column, so that the ends of a way and of the way back stay apart.
  const aside = Math.min(6, drawing.clientWidth / nodes.length / 5);
  const [x1, x2] = [places.get(from) - aside, places.get(to) + aside];
  // The way back is flatter, so that the two numbers of a pair stand one above the other.
  const reach = Math.abs(x2 - x1) / (places.get(nodes.at(-1).loop) - places.get(nodes[0].loop));
  const height = (ARC_MIN + (ARC_MAX - ARC_MIN) * Math.min(1, reach)) * (from < to ? 1 : 0.55);
  const top = BASE - height / 0.75;
  setAttributes(arc.line, {
    d: `M${x1} ${BASE - 4}C${x1} ${top} ${x2} ${top} ${x2} ${BASE - 4}`,
    "stroke-width": Math.min(8, 1.5 + 1.5 * Math.log10(1 + crossed)).toFixed(1),
    "marker-end": "url(#arrow)",
  });
  const at = { x: Math.min(drawing.clientWidth - 30, Math.max(30, (x1 + x2) / 2)), y: BASE - height + 4 };
  const free = named.length < ARCS_NAMED_MAX && named.every(({ x, y }) => Math.abs(x - at.x) > 56 || Math.abs(y - at.y) > 14);
  if (free) named.push(at);
  setAttributes(arc.label, { ...at, visibility: free ? "visible" : "hidden" });
  write(arc.label, `${from < to ? "" : "← "}${perSecond(crossed)}${from < to ? " →" : ""}`);
}

function crossingsWords(state, crossings) {
  if (!crossings.length) {
    return state.crossings.length ? "No connection crosses cores just now." : "No connection has crossed cores.";
  }
  const named = crossings.slice(0, 3).map(({ from, to, perSecond: crossed }) => `loop ${from} to loop ${to} ${perSecond(crossed)}`);
  const more = crossings.length > 3 ? `, and ${crossings.length - 3} more pairs` : "";
  return `From the core that receives to the loop that serves: ${named.join(", ")}${more}.`;
}

// ---- Ladder ------------------------------------------------------------------------------------------------------------

const stepTemplate = document.getElementById("ladder-step");
const stepList = document.querySelector(".steps");
const stepsDownTable = document.querySelector(".ladder table");
let ladderShown = "";
let rungsShown = null;      // step -> rungs in force

function showLadder({ ladder, stepsDown }) {
  const shown = JSON.stringify([ladder, stepsDown]);
  if (shown === ladderShown) return;
  ladderShown = shown;
  stepList.replaceChildren(...ladder.map(makeStep));
  stepsDownTable.hidden = !stepsDown.length;
  page.noStepsDown.hidden = stepsDown.length > 0;
  stepsDownTable.tBodies[0].replaceChildren(...stepsDown.map(makeStepDown));
  tellNews(ladder);
}

/** Several rungs of a step may be in force, one for each local address; none before there is something to take one for. */
const inForce = ({ rung }) => String(rung).split(", ").filter((each) => each !== "none");

function makeStep(step) {
  const node = stepTemplate.content.firstElementChild.cloneNode(true);
  const fields = fieldsIn(node);
  const held = inForce(step);
  const rungs = step.rungs.filter((rung) => rung !== "none");
  const best = rungs.findIndex((rung) => held.includes(rung));
  write(fields.step, step.step);
  node.querySelector("ol").append(...rungs.map((rung, index) => makeRung(rung, held.includes(rung), index < best)));
  const why = step.why ?? (held.length ? "" : "not needed yet");
  write(fields.why, why);
  fields.why.hidden = !why;
  return node;
}

function makeRung(rung, held, better) {
  const node = element("li", rung, better ? "better" : "");
  if (held) node.setAttribute("aria-current", "true");
  node.append(element("span", held ? ", in force" : "", "visually-hidden"));
  return node;
}

function makeStepDown({ step, cause, count }) {
  const row = element("tr");
  const about = element("td", cause);
  if (CAUSES[cause]) about.append(element("span", `: ${CAUSES[cause]}`, "muted"));
  row.append(element("td", step), about, element("td", whole.format(count)));
  return row;
}

function tellNews(ladder) {
  const rungs = Object.fromEntries(ladder.map((step) => [step.step, step.rung]));
  const news = ladder.filter(({ step, rung }) => rungsShown && rungsShown[step] !== rung).map(({ step, rung }) => `${step} is now ${rung}`);
  if (news.length) write(page.ladderNews, `${news.join(", ")}.`);
  rungsShown = rungs;
}

// ---- Plots -------------------------------------------------------------------------------------------------------------

const ratesOfLoops = (name) => (now, before, seconds) =>
  now.loops.map((loop, index) => (before ? rate(loop[place[name]], before.loops[index][place[name]], seconds) : null));

/** Each makes the numbers of a sample, one for each series, from it and the sample before. */
const PLOTS = {
  accepts: { values: ratesOfLoops("accepted"), format: perSecond, axis: (value) => `${short(value)}/s`, top: 10 },
  busy: {
    values: (now, before, seconds) => ratesOfLoops("busyNanos")(now, before, seconds).map((nanos) => share(nanos, 1e9)),
    format: percent, axis: percent, top: 1, fixed: true,
  },
  local: { values: localShares, format: percent, axis: percent, top: 1, fixed: true, names: ["accepted", "opened"] },
  connects: { values: ratesOfLoops("opened"), format: perSecond, axis: (value) => `${short(value)}/s`, top: 10 },
  queue: { values: (now) => now.loops.map((loop) => loop[place.queue]), format: connections, axis: short, top: 10 },
  lag: {
    values: (now) => now.loops.map((loop) => loop[place.lagMaxNanos] / 1e6),
    format: millis, axis: (value) => `${short(value)} ms`, top: 1,
  },
};

/** Of the connections whose packets are known to arrive somewhere. */
function localShares(now, before) {
  return ["accepted", "opened"].map((way) => {
    if (!before) return null;
    const grown = (name) => sumKnown(now.loops.map((loop, index) => growth(loop[place[name]], before.loops[index][place[name]])));
    const local = grown(`${way}Local`);
    return share(local, local + grown(`${way}Remote`));
  });
}

const colours = [];
let ink = {};
let plots = [];
let hovered = null;         // index of the sample under the pointer

function readColours() {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  for (let index = 0; index < LINES_MAX; index++) colours[index] = colour(`--series-${index}`);
  ink = { text: colour("--muted"), line: colour("--line") };
}

function plotSample(now, before) {
  const seconds = before ? (now.at - before.at) / 1000 : 0;
  if (!plots.length || plots[0].loops !== now.loops.length) makePlots(now.loops.length);
  for (const plot of plots) plot.push(now.at / 1000, plot.spec.values(now, before, seconds));
}

function clearPlots() {
  for (const plot of plots) plot.clear();
}

function drawPlots() {
  for (const plot of plots) plot.draw();
}

function makePlots(loops) {
  for (const plot of plots) plot.remove();
  if (typeof uPlot === "undefined") return;
  const names = loops > LINES_MAX ? ["most", "median", "least"] : Array.from({ length: loops }, (_, index) => `loop ${index}`);
  plots = [...document.querySelectorAll("[data-plot]")].map((figure) => new Plot(figure, PLOTS[figure.dataset.plot], names, loops));
}

class Plot {
  constructor(figure, spec, loopNames, loops) {
    this.spec = spec;
    this.loops = loops;
    this.names = spec.names ?? loopNames;
    this.box = figure.querySelector(".plot");
    this.legend = figure.querySelector("ul");
    this.values = this.names.map((name, index) => this.addToLegend(name, index));
    this.clear();
    this.chart = new uPlot(this.options(), this.data, this.box);
  }

  options() {
    const { spec } = this;
    const axis = { stroke: () => ink.text, grid: { stroke: () => ink.line, width: 1 }, ticks: { show: false }, font: "11px system-ui, sans-serif" };
    return {
      width: Math.max(1, this.box.clientWidth),
      height: this.box.clientHeight,
      legend: { show: false },
      cursor: { sync: { key: "loops" }, drag: { x: false, y: false }, y: false, points: { size: 5 } },
      scales: {
        x: { time: false, range: () => this.shownSeconds() },
        y: { range: (_, least, most) => [0, 1.05 * (spec.fixed ? spec.top : Math.max(spec.top, most ?? 0))] },
      },
      axes: [
        { ...axis, size: 22, splits: (_, __, from, to) => timeSplits(from, to), values: (_, splits) => splits.map((at) => agoText(splits.at(-1) - at)) },
        { ...axis, size: 54, space: 32, values: (_, splits) => splits.map(spec.axis) },
      ],
      series: [{}, ...this.names.map((name, index) => ({
        label: name, stroke: () => colours[index], dash: DASHES[index % DASHES.length], width: 1.5, points: { show: false },
      }))],
      hooks: { setCursor: [(chart) => hover(chart.cursor.idx)] },
    };
  }

  /** All there is, but at least a minute: a server that has just started is seen as well. */
  shownSeconds() {
    const [oldest, newest] = [this.data[0][0] ?? 0, this.data[0].at(-1) ?? 0];
    return [Math.min(newest - SHOWN_MIN_SECONDS, oldest), newest];
  }

  addToLegend(name, index) {
    const [item, sample, line, value] = [element("li"), svgElement("svg"), svgElement("line"), element("b")];
    setAttributes(sample, { viewBox: "0 0 26 8", "aria-hidden": "true" });
    setAttributes(line, { x1: 0, x2: 26, y1: 4, y2: 4, "stroke-width": 2, "stroke-dasharray": DASHES[index % DASHES.length].join(" ") });
    line.style.stroke = `var(--series-${index})`;
    sample.append(line);
    item.append(sample, `${name} `, value);
    this.legend.append(item);
    return value;
  }

  push(at, values) {
    const numbers = values.length > this.names.length ? mostMedianLeast(values) : values;
    [at, ...numbers].forEach((number, index) => {
      this.data[index].push(number);
      if (this.data[index].length > SAMPLES_MAX) this.data[index].shift();
    });
  }

  clear() {
    this.data = Array.from({ length: this.names.length + 1 }, () => []);
  }

  draw() {
    this.chart.setData(this.data);
    this.showValues();
  }

  showValues() {
    const index = hovered ?? this.data[0].length - 1;
    this.values.forEach((node, series) => write(node, this.spec.format(this.data[series + 1][index] ?? null)));
  }

  fit() {
    this.chart.setSize({ width: Math.max(1, this.box.clientWidth), height: this.box.clientHeight });
  }

  remove() {
    this.chart.destroy();
    this.legend.replaceChildren();
  }
}

function mostMedianLeast(values) {
  const known = values.filter((value) => value !== null).sort((one, other) => other - one);
  return known.length ? [known[0], known[known.length >> 1], known.at(-1)] : [null, null, null];
}

/** Counted back from now, so that they stand still. */
function timeSplits(from, to) {
  const step = to - from < 1.5 * SHOWN_MIN_SECONDS ? 15 : 60;
  const count = Math.floor((to - from + 1) / step);
  return Array.from({ length: count + 1 }, (_, index) => to - (count - index) * step);
}

function agoText(seconds) {
  const ago = Math.round(seconds);
  if (!ago) return "now";
  return ago % 60 ? `${ago} s` : `${ago / 60} min`;
}

function hover(index) {
  const before = hovered;
  hovered = index ?? null;
  if (hovered === before) return;
  for (const plot of plots) plot.showValues();
  const at = samples[hovered]?.at;
  write(page.plotsAt, at === undefined
    ? "The numbers under each plot are the newest ones."
    : `The numbers under each plot are of ${duration(samples.at(-1).at - at)} ago.`);
}

// ---- The connection ----------------------------------------------------------------------------------------------------

let source;
let heardAt = null;         // performance.now() of the last message
let triedAt = 0;

function connect() {
  triedAt = performance.now();
  source = new EventSource("events");
  source.addEventListener("history", (event) => hear(takeHistory, event));
  source.addEventListener("loops", (event) => hear(takeState, event));
  source.addEventListener("error", () => showLink("lost"));
}

function hear(take, event) {
  heardAt = performance.now();
  take(JSON.parse(event.data));
  showLink("live");
  schedule();
}

function showLink(link) {
  document.body.dataset.link = link;
  document.body.toggleAttribute("data-paused", paused);
  write(page.link, link !== "live" ? "reconnecting" : paused ? "paused" : "live");
  if (link === "live") write(page.age, "");
}

/** Once a second: says how old the data are, and connects anew where the browser does not. */
function watch() {
  const now = performance.now();
  if (heardAt !== null && now - heardAt > STALE_MS) {
    showLink("lost");
    write(page.age, `data ${duration(now - heardAt)} old`);
  }
  const given = source.readyState === EventSource.CLOSED ? RETRY_MS : SILENCE_MAX_MS;
  if (source.readyState !== EventSource.CONNECTING && now - Math.max(triedAt, heardAt ?? 0) > given) {
    source.close();
    connect();
  }
}

function togglePause() {
  paused = !paused;
  page.pause.setAttribute("aria-pressed", paused);
  showLink(document.body.dataset.link);
  schedule();
}

readColours();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  readColours();
  for (const plot of plots) plot.chart.redraw(false, true);
});
new ResizeObserver(() => {
  for (const plot of plots) plot.fit();
  placeNodes();
  schedule();
}).observe(main);
page.pause.addEventListener("click", togglePause);
connect();
setInterval(watch, 1000);
