// The live page in a browser, as .ci/live-page starts it: on the real proxy, and on events made up for what a small machine
// does not show.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, before, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";

const { chromium } = await import(process.env.PLAYWRIGHT_CORE);
const OUT = process.env.OUT;
const START_MS = 60_000;
const STOP_MS = 30_000;
const SHOWN_MS = 30_000;
const POLL_MS = 50;
const PAGE_BYTES_MAX = 150_000;
const LOAD_SHOWN = 5_000;           // connections
const RATES_SEEN = 10;              // after a restart, from all places together
const RATE_MAX = 1_000_000;         // of one machine; above it a number is a mistake

const processes = new Set();
let browser, origin, proxy;

before(async () => {
  origin = await serve("http", "--host", "127.0.0.1", "--port", "0");
  proxy = await serveProxy();
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: process.getuid() === 0 ? ["--no-sandbox"] : [],
  });
});

after(async () => {
  await browser?.close();
  for (const running of processes) await stop(running);
});

// ---- On the real proxy -------------------------------------------------------------------------------------------------

test("asks its own server alone, shows every loop by name, and reports no error", async (t) => {
  const { page, requests, problems } = await open(t, proxy.metrics);
  await live(page);
  for (const loop of await loopsOf(proxy)) await column(page, loop).waitFor({ timeout: SHOWN_MS });
  assert.equal(await page.getByRole("main").count(), 1);
  assert.match(await field(page, "verdict"), /^No connection yet\.$/);
  await shown(page, "acceptRate", (words) => words === "0/s");
  await screenshot(page, "idle");

  assert.deepEqual(problems, []);
  const origins = new Set(requests.map((request) => new URL(request.url()).origin));
  assert.deepEqual([...origins], [new URL(proxy.metrics).origin]);
  const { bytes, paint } = await page.evaluate(() => ({
    bytes: [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
      .filter((entry) => !entry.name.endsWith("/events"))
      .reduce((total, entry) => total + entry.transferSize, 0),
    paint: performance.getEntriesByName("first-contentful-paint")[0].startTime,
  }));
  t.diagnostic(`page weight ${bytes} bytes on the wire, first contentful paint after ${Math.round(paint)} ms`);
  assert.ok(bytes > 0 && bytes < PAGE_BYTES_MAX, `page weight ${bytes} bytes (expected less than ${PAGE_BYTES_MAX})`);
});

test("moves with the load", async (t) => {
  const { page, problems } = await open(t, proxy.metrics);
  await live(page);
  const loops = (await loopsOf(proxy)).slice(0, 2);
  const loads = loops.map((loop) => startLoad(proxy, loop.cpu));
  for (const loop of loops) {
    await until(async () => numberIn(await field(column(page, loop), "acceptRate")) > 0, `${nameOf(loop)} accepts`);
  }
  const before = await field(page, "acceptRate");
  await shown(page, "acceptRate", (words) => words !== before);
  assert.ok(numberIn(before) < RATE_MAX);
  await until(async () => (await legend(page, "accepts")).some((rate) => rate > 0), "the plot of accepts moves");
  await until(async () => (await acceptedBy(proxy)) > LOAD_SHOWN, "a load to see on the screenshot");
  await screenshot(page, "loaded");
  for (const load of loads) await stop(load);
  await shown(page, "acceptRate", (words) => words === "0/s");
  assert.deepEqual(problems, []);
});

test("says which core has nearly all connections", async (t) => {
  const other = await serveProxy();
  t.after(() => stop(other));
  const [loop, another, ...others] = await loopsOf(other);
  const load = startLoad(other, loop.cpu);
  t.after(() => stop(load));
  const { page } = await open(t, other.metrics);
  await shown(page, "verdict", (words) => words.startsWith(`Uneven: ${nameOf(loop)} has nearly all of the new connections.`));
  await shown(page, "imbalance", (words) => numberIn(words) >= 0.95 * (others.length + 2));
  await until(async () => numberIn(await field(column(page, loop), "acceptRate")) > 100, `${nameOf(loop)} accepts`);
  assert.ok(numberIn(await field(column(page, another), "acceptRate")) < 10);
  await until(async () => (await acceptedBy(other)) > LOAD_SHOWN, "a load to see on the screenshot");
  await screenshot(page, "hot");
});

test("marks the rung in force, and says why it is not a better one", async (t) => {
  const other = await serveProxy("--engine", "nio");
  t.after(() => stop(other));
  const { page, problems } = await open(t, other.metrics);
  await live(page);
  const steering = page.locator(".step", { hasText: "steering" });
  assert.match(await rungInForce(page.locator(".step", { hasText: "engine" })), /^nio/);
  assert.match(await rungInForce(steering), /^(kernel-hash|one-listener)/);
  assert.match(await field(steering, "why"), /\w/);
  await screenshot(page, "degraded");
  assert.deepEqual(problems, []);
});

test("comes back after a restart, without an impossible rate", async (t) => {
  let other = await serveProxy();
  t.after(() => stop(other));
  const { page } = await open(t, other.metrics);
  await live(page);
  const load = startLoad(other);
  await shown(page, "acceptRate", (words) => numberIn(words) > 0);
  await stop(load);
  await shown(page, "acceptRate", (words) => words === "0/s");
  await stop(other);
  await shown(page, "link", (words) => words === "reconnecting");
  await shown(page, "age", (words) => /^data \d+ s old$/.test(words));
  assert.notEqual(await page.evaluate(() => getComputedStyle(document.querySelector("main")).opacity), "1");

  // Without load from here on: whatever is not zero would come from counts of the server before.
  await page.evaluate(() => {
    window.seen = [];
    new MutationObserver(() => {
      for (const node of document.querySelectorAll("[data-field=acceptRate], [data-field=openRate], [data-plot=accepts] b")) {
        window.seen.push(node.textContent);
      }
    }).observe(document.querySelector("main"), { subtree: true, childList: true, characterData: true });
  });
  other = await serveProxy("--listen", other.listening, "--metrics-port", new URL(other.metrics).port);
  await live(page);
  // The first message of a server tells no rate, however long it has been up by then.
  const rates = () => page.evaluate(() => window.seen.filter((words) => words !== "–"));
  await until(async () => (await rates()).length >= RATES_SEEN, "rates after the restart");
  const seen = new Set(await rates());
  assert.deepEqual([...seen], ["0/s"]);
});

test("fits a phone", async (t) => {
  const load = startLoad(proxy);
  t.after(() => stop(load));
  const { page } = await open(t, proxy.metrics, { viewport: { width: 360, height: 740 } });
  await live(page);
  await shown(page, "acceptRate", (words) => numberIn(words) > 0);
  assert.equal(await overflow(page), 0);
  await screenshot(page, "phone");
});

test("is dark where the system is, and light where that is", async (t) => {
  const load = startLoad(proxy);
  t.after(() => stop(load));
  for (const [colorScheme, isRight] of [["dark", (light) => light < 0.2], ["light", (light) => light > 0.8]]) {
    const { page } = await open(t, proxy.metrics, { colorScheme });
    await live(page);
    assert.ok(isRight(await lightness(page, "backgroundColor")), `${colorScheme}: background`);
    assert.ok(!isRight(await lightness(page, "color")), `${colorScheme}: text`);
    await shown(page, "acceptRate", (words) => numberIn(words) > 0);
    if (colorScheme === "dark") await screenshot(page, "dark");
  }
});

// ---- On made-up events -------------------------------------------------------------------------------------------------

test("keeps 64 loops readable, on a phone as well", async (t) => {
  for (const width of [1280, 360]) {
    const page = await openFed(t, { viewport: { width, height: 900 } });
    await feed(page, madeUp(64, 0), madeUp(64, 1));
    await page.getByRole("article", { name: "loop 63 on CPU 63", exact: true }).waitFor({ timeout: SHOWN_MS });
    assert.equal(await page.getByRole("article").count(), 64);
    assert.equal(await overflow(page), 0);
    const cut = await page.locator("article dd").evaluateAll((nodes) => nodes.filter((node) => node.scrollWidth > node.clientWidth).length);
    assert.equal(cut, 0);
    await screenshot(page, `64-loops-${width}`);
  }
});

test("draws a line where connections cross cores, thicker for more, and none where none cross", async (t) => {
  const page = await openFed(t);
  const lines = page.locator(".arcs path");
  await feed(page, madeUp(4, 0), madeUp(4, 1));
  await shown(page, "crossingRate", (words) => words === "0/s");
  assert.equal(await lines.count(), 0);
  const crossings = [{ from: 0, to: 3, count: 400 }, { from: 2, to: 1, count: 4 }];
  await feed(page, madeUp(4, 2, { crossings }));
  await until(async () => (await lines.count()) === 2, "two lines");
  const widths = await lines.evaluateAll((paths) => paths.map((path) => Number(path.getAttribute("stroke-width"))));
  assert.ok(widths[0] > widths[1], `widths ${widths}`);
  assert.match(await field(page, "crossingsText"), /loop 0 to loop 3 200\/s, loop 2 to loop 1 2\/s/);
  await screenshot(page, "crossings");
  for (const seconds of [5, 8]) await feed(page, madeUp(4, seconds, { crossings }));
  await until(async () => (await lines.count()) === 0, "no line");
});

test("marks a hot loop by a word, and one without a CPU as unpinned", async (t) => {
  const page = await openFed(t);
  const [first, second] = [madeUp(2, 0), madeUp(2, 1)];
  second.loops[1].busyNanos = first.loops[1].busyNanos + 0.95e9;
  for (const state of [first, second]) state.loops[0].cpu = null;
  await feed(page, first, second);
  await page.getByRole("article", { name: "loop 1 on CPU 1" }).getByText("hot", { exact: true }).waitFor({ timeout: SHOWN_MS });
  assert.match(await field(page, "verdict"), /Hot: loop 1 on CPU 1\.$/);
  const unpinned = page.getByRole("article", { name: "loop 0, unpinned" });
  assert.equal(await unpinned.getByText("hot", { exact: true }).isVisible(), false);
});

test("shows no number for a count that fell", async (t) => {
  const page = await openFed(t);
  const fallen = madeUp(2, 1);
  fallen.loops[0].accepted = 0;
  await feed(page, madeUp(2, 0), fallen);
  const [loop] = fallen.loops;
  await until(async () => (await field(column(page, loop), "busy")) !== "–", "rates");
  assert.equal(await field(column(page, loop), "acceptRate"), "–");
  assert.doesNotMatch(await page.locator("main").textContent(), /[-\u2212]\d+\/s|NaN|Infinity/);
});

test("says that nothing is heard any more, though the connection stands", async (t) => {
  const page = await openFed(t);
  await feed(page, madeUp(2, 0));
  await live(page);
  await shown(page, "link", (words) => words === "reconnecting");
  assert.match(await field(page, "age"), /^data \d+ s old$/);
  await feed(page, madeUp(2, 9));
  await live(page);
  assert.equal(await field(page, "age"), "");
});

test("writes what it is sent as text", async (t) => {
  const page = await openFed(t);
  const markup = "<img src=x onerror=alert(1)>";
  const state = madeUp(2, 0, {
    engine: markup,
    listening: [markup],
    ladder: [{ step: markup, rung: markup, why: markup, rungs: [markup] }],
    stepsDown: [{ step: markup, cause: markup, count: 1 }],
  });
  state.loops[0].queues = [markup];
  state.loops[0].listeners[0].address = markup;
  state.loops[0].acceptPauses = { [markup]: 1 };
  await feed(page, state);
  await shown(page, "engine", (words) => words === markup);
  assert.equal(await page.locator("img").count(), 0);
});

// ---- Servers and load --------------------------------------------------------------------------------------------------

/** A process that ends with this one, however this one ends. */
function launch(command, ...args) {
  const child = spawn("setpriv", ["--pdeathsig", "KILL", command, ...args], { stdio: ["ignore", "ignore", "pipe"] });
  const running = { name: [command, ...args].join(" "), child, said: "", ended: null };
  processes.add(running);
  child.stderr.on("data", (bytes) => { running.said += bytes; });
  child.on("error", (error) => { running.ended = error.message; });
  child.on("exit", (code, signal) => { running.ended = signal ?? `exit code ${code}`; });
  return running;
}

async function serve(...args) {
  const server = launch("./fastsocket", ...args);
  const needed = args.includes("--metrics-port") ? ["listening", "metrics"] : ["listening"];
  await until(() => {
    assert.equal(server.ended, null, `${server.name} ended: ${server.said}`);
    return needed.every((what) => lineOf(server, what));
  }, `${server.name} listens`, START_MS);
  server.listening = lineOf(server, "listening");
  server.metrics = lineOf(server, "metrics");
  return server;
}

function lineOf(server, what) {
  return server.said.match(new RegExp(`^${what} on (\\S+)`, "m"))?.[1];
}

function serveProxy(...args) {
  const given = ["--upstream", `http://${origin.listening}`, ...args];
  if (!args.includes("--listen")) given.push("--listen", "127.0.0.1:0");
  if (!args.includes("--metrics-port")) given.push("--metrics-port", "0");
  return serve("proxy", ...given);
}

/** A new connection for each request, from one CPU alone where that is given. */
function startLoad(server, cpu) {
  const command = ["wrk", "-t", "1", "-c", "32", "-d", "300", "-H", "Connection: close", `http://${server.listening}/`];
  return cpu === undefined ? launch(...command) : launch("taskset", "-c", String(cpu), ...command);
}

async function loopsOf(server) {
  return (await (await fetch(`${server.metrics}loops`, { signal: AbortSignal.timeout(SHOWN_MS) })).json()).loops;
}

async function acceptedBy(server) {
  return (await loopsOf(server)).reduce((total, loop) => total + loop.accepted, 0);
}

async function stop(running) {
  processes.delete(running);
  if (running.ended === null) running.child.kill("SIGTERM");
  try {
    await until(() => running.ended !== null, `${running.name} stops`, STOP_MS);
  } finally {
    running.child.kill("SIGKILL");
  }
}

// ---- The page ----------------------------------------------------------------------------------------------------------

async function open(t, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: "light", ...options });
  t.after(() => context.close());
  const page = await context.newPage();
  const requests = [];
  const problems = [];
  page.on("request", (request) => requests.push(request));
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) problems.push(message.text());
  });
  await page.goto(url, { timeout: SHOWN_MS });
  return { page, requests, problems };
}

/** The page with a source of events that this test feeds. */
async function openFed(t, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  t.after(() => context.close());
  const page = await context.newPage();
  await page.addInitScript(() => {
    window.EventSource = class extends EventTarget {
      static CLOSED = 2;
      readyState = 1;
      constructor() {
        super();
        window.feed = (state) => this.dispatchEvent(new MessageEvent("loops", { data: JSON.stringify(state) }));
      }
      close() {}
    };
  });
  await page.goto(proxy.metrics, { timeout: SHOWN_MS });
  return page;
}

async function feed(page, ...states) {
  for (const state of states) await page.evaluate((given) => window.feed(given), state);
}

/** What a server would tell `seconds` after its start. */
function madeUp(loops, seconds, changes = {}) {
  return {
    at: 1_800_000_000_000 + seconds * 1000,
    startedAt: 1_800_000_000_000,
    engine: "epoll",
    listening: ["0.0.0.0:8080"],
    ladder: [{ step: "engine", rung: "epoll", why: "io_uring: forbidden", rungs: ["io_uring", "epoll", "nio"] }],
    stepsDown: [{ step: "engine", cause: "forbidden", count: 1 }],
    imbalance: { accepted: 1, active: 1 },
    loops: Array.from({ length: loops }, (_, loop) => ({
      loop, cpu: loop, queues: [`eth0 rx ${loop}`],
      listeners: [{ address: "0.0.0.0:8080", queue: 3000, limit: 4096, dropped: 12 }],
      accepted: 100_000 + 1234 * seconds, acceptedLocal: 90_000 + 1200 * seconds, acceptedRemote: 10_000 + 34 * seconds,
      handedOver: 10_000, active: 1234, acceptErrors: 0,
      acceptPauses: { "process-files": 0, "system-files": 0, memory: 0, other: 0 },
      opened: 1000 + 100 * seconds, openedLocal: 900 + 99 * seconds, openedRemote: 100 + seconds, fallbacks: 0,
      connectsFailed: 0, portAttempts: 1000, busyNanos: 0.5e9 * seconds, lagMaxNanos: 1_234_000, pendingTasks: 3,
    })),
    crossings: [],
    ...changes,
  };
}

async function until(condition, what, deadlineMs = SHOWN_MS) {
  const deadline = performance.now() + deadlineMs;
  while (!(await condition())) {
    assert.ok(performance.now() < deadline, `${what}: not within ${deadlineMs} ms`);
    await delay(POLL_MS);
  }
}

function field(within, name) {
  return within.locator(`[data-field="${name}"]`).first().textContent({ timeout: SHOWN_MS });
}

/** The first such field of the page says so at last. */
async function shown(page, name, isRight) {
  let words;
  try {
    await until(async () => isRight((words = await field(page, name))), name);
  } catch (error) {
    throw new Error(`${error.message}; last: '${words}'`, { cause: error });
  }
}

/** Events come, and the columns have numbers. */
async function live(page) {
  await shown(page, "link", (words) => words === "live");
  await page.getByRole("article").first().waitFor({ timeout: SHOWN_MS });
}

function nameOf({ loop, cpu }) {
  return cpu === null ? `loop ${loop}, unpinned` : `loop ${loop} on CPU ${cpu}`;
}

function column(page, loop) {
  return page.getByRole("article", { name: nameOf(loop), exact: true });
}

function numberIn(words) {
  return Number.parseFloat(words.replaceAll(",", ""));
}

async function legend(page, plot) {
  return (await page.locator(`[data-plot="${plot}"] b`).allTextContents()).map(numberIn);
}

function rungInForce(step) {
  return step.locator("[aria-current]").first().textContent({ timeout: SHOWN_MS });
}

function overflow(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
}

function screenshot(page, name) {
  return page.screenshot({ path: `${OUT}/${name}.png`, fullPage: true });
}

/** 0 is black, 1 is white. */
async function lightness(page, property) {
  const colour = await page.evaluate((name) => getComputedStyle(document.body)[name], property);
  const [red, green, blue] = colour.match(/[\d.]+/g).map(Number);
  return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
}
