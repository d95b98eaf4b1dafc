// A desk of its own for a file of tests: the demo in an empty folder, and a browser that looks at it.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const here = dirname(fileURLToPath(import.meta.url));
export const root = resolve(here, '../..');
export const program = process.env.BACKHAUL_PROGRAM ?? join(root, 'target/debug/backhaul');
export const shots = process.env.BACKHAUL_SHOTS ?? join(root, 'target/screenshots');
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

export const launch = () =>
  chromium.launch({ executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium', headless: true, args: chromiumFlags });

// Starts a demo; `staff` has a password for each role, `url` is where it listens.
export async function startDesk(args = []) {
  const folder = mkdtempSync(join(tmpdir(), 'backhaul-browser-'));
  const data = join(folder, 'demo');
  const child = spawn(program, ['demo', '--data', data, '--listen', '127.0.0.1:0', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = [];
  child.stderr.on('data', (text) => said.push(String(text)));
  const url = await new Promise((found, failed) => {
    child.on('exit', (code) => failed(new Error(`the demo ended with ${code}: ${said.join('')}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const listening = line.match(/^listening on (http:\S+)/);
      if (listening) found(listening[1]);
    });
  });
  const lines = readFileSync(join(data, 'demo-staff.txt'), 'utf8').split('\n');
  const staff = Object.fromEntries(lines.filter((line) => line && !line.startsWith('#')).map((line) => line.split(' ')));
  const stop = () =>
    new Promise((done) => {
      child.removeAllListeners('exit');
      child.on('exit', () => {
        rmSync(folder, { recursive: true, force: true });
        done();
      });
      child.kill('SIGTERM');
    });
  return { url, staff, data, stop };
}

// A page of its own context. Every request to another host, every error of a script or of the policy fails the test that looks
// at `faults`.
export async function visit(browser, desk, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const faults = [];
  page.on('pageerror', (error) => faults.push(`script: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`);
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

export const shot = (page, name) => page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// What axe-core finds wrong with the page as it is now, a line each.
export async function axe(page) {
  await page.evaluate(axeSource);
  const found = await page.evaluate(() =>
    axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }),
  );
  return found.violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id}: ${node.target.join(' ')}: ${node.failureSummary?.split('\n')[1]?.trim()}`),
  );
}
