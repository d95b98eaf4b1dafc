// A desk of its own for a file of tests: the demo in an empty folder, and a browser that looks at it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const here = dirname(fileURLToPath(import.meta.url));
export const root = resolve(here, '../..');
export const program = process.env.DESK_PROGRAM ?? join(root, 'target/debug/backhaul');
export const shots = process.env.DESK_SHOTS ?? join(root, 'target/screenshots');
export const chrome = process.env.CHROME_PATH ?? '/usr/bin/chromium';
mkdirSync(shots, { recursive: true });

// Nothing outside of this machine can be reached, so a page that asks for it is found out.
export const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

// What was started, each to be ended: whatever fails on the way, nothing is left behind.
const started = [];

// Ends every browser and every desk of this file.
export async function stopAll() {
  await Promise.all(started.splice(0).map((stop) => stop()));
}

export async function launch(flags = []) {
  const browser = await chromium.launch({ executablePath: chrome, headless: true, args: [...chromiumFlags, ...flags] });
  started.push(() => browser.close());
  return browser;
}

// Starts the program with these settings and none of whoever runs the tests; gives where it listens, and how to stop it.
async function start(args, settings = {}) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env.PATH, ...settings } });
  const stop = () =>
    new Promise((done) => {
      if (child.exitCode !== null) return done();
      child.removeAllListeners('exit');
      child.on('exit', done);
      child.kill('SIGTERM');
    });
  started.push(stop);
  const said = [];
  child.stderr.on('data', (text) => said.push(String(text)));
  const url = await new Promise((found, failed) => {
    child.on('error', failed);
    child.on('exit', (code) => failed(new Error(`backhaul ${args[0]} ended with ${code}: ${said.join('')}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const listening = line.match(/^listening on (http:\S+)/);
      if (listening) found(listening[1]);
    });
  });
  return { url, stop };
}

// The lines of a file that are a role and its secret.
const byRole = (file) => {
  const lines = readFileSync(file, 'utf8').split('\n');
  return Object.fromEntries(lines.filter((line) => line && !line.startsWith('#')).map((line) => line.split(' ')));
};

const freePort = () =>
  new Promise((found) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => found(port));
    });
  });

// A demo: `staff` has a password for each role, `keys` an API key, `url` is where it listens. With `settings` the demo's data is
// served as a merchant's would be, at `localhost`, where passkeys are possible.
export async function startDesk(settings) {
  const folder = mkdtempSync(join(tmpdir(), 'backhaul-browser-'));
  const data = join(folder, 'demo');
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  let desk = await start(['demo', '--data', data, '--listen', '127.0.0.1:0']);
  const [staff, keys] = [byRole(join(data, 'demo-staff.txt')), byRole(join(data, 'demo-keys.txt'))];
  let { url } = desk;
  if (settings) {
    await desk.stop();
    const port = await freePort();
    url = `http://localhost:${port}`;
    desk = await start(['serve', '--data', data, '--listen', `127.0.0.1:${port}`], {
      BACKHAUL_PUBLIC_URL: url,
      BACKHAUL_DEFAULT_PROVIDER: 'test',
      BACKHAUL_PROVIDERS__TEST__KIND: 'test',
      ...settings,
    });
  }
  return { url, staff, keys };
}

// Asks the desk's API in a role.
export async function api(desk, role, method, path, body) {
  const answer = await fetch(`${desk.url}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${desk.keys[role]}`,
      'content-type': 'application/json',
      'idempotency-key': crypto.randomUUID(),
    },
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

// A page of its own context. Every request to another host, every error of a script or of the policy fails the test that looks
// at `faults`.
export async function visit(browser, desk, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const faults = [];
  page.on('pageerror', (error) => faults.push(`script: ${error.message}`));
  page.on('console', (message) => {
    // A form that is sent while its answer is still asked for gives up the asking.
    if (/^htmx:(sendAbort|afterRequest)/.test(message.text())) return;
    if (message.type() === 'error') faults.push(`console of ${new URL(page.url()).pathname}: ${message.text()}`);
  });
  page.on('request', (request) => {
    const asked = new URL(request.url());
    if (asked.protocol.startsWith('http') && asked.origin !== desk.url) faults.push(`another host: ${asked}`);
  });
  return { page, context, faults };
}

export async function signIn(page, desk, role) {
  await page.goto(`${desk.url}/desk/sign-in`);
  await page.fill('#name', role);
  await page.fill('#password', desk.staff[role]);
  await page.press('#password', 'Enter');
  await page.waitForURL((url) => !url.pathname.endsWith('/sign-in'));
}

// A page on which somebody of the staff is signed in.
export async function staffPage(browser, desk, role, options) {
  const visited = await visit(browser, desk, options);
  await signIn(visited.page, desk, role);
  return visited;
}

export const shot = (page, name) => page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

// What axe-core finds wrong with the page as it is now, by all of these or by those rules alone; a line each. The debugger's own call
// runs it, since the pages allow no script that is written into them.
export async function axe(page, rules) {
  if (await page.evaluate(() => typeof axe === 'undefined')) await page.evaluate(axeSource);
  const runOnly = rules ? { type: 'rule', values: rules } : AXE_TAGS;
  const options = { runOnly, resultTypes: ['violations'], preload: false };
  const found = await page.evaluate((options) => axe.run(document, options), options);
  return found.violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id}: ${node.target.join(' ')}: ${node.failureSummary?.split('\n')[1]?.trim()}`),
  );
}

// By how many pixels the page is wider than its window.
export const tooWide = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

// axe-core finds nothing wrong with the page, and it fits its window.
export async function isSound(page) {
  assert.equal((await axe(page)).join('\n'), '');
  assert.equal(await tooWide(page), 0, 'the page scrolls sideways');
}
