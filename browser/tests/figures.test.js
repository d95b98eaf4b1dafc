// Figures: what Lighthouse says, what a page weighs, and whom it asks for anything.
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, before, test } from 'node:test';
import lighthouse from 'lighthouse';
import puppeteer from 'puppeteer-core';
import { claimDamage, enter } from '../lib/buyer.js';
import { launch, staffPage, startDesk, stopAll, visit } from '../lib/desk.js';
import { mouse } from '../lib/hands.js';

// The least that each category may come to, of 100. The speed is measured on a machine that does other things too, and so it is the
// median of some runs; the others do not vary.
const LEAST = { performance: 95, accessibility: 100, 'best-practices': 100 };
const RUNS = 3;
// The pages do nothing of their own accord once they are there, so that nothing is waited for long.
const QUIET = {
  logLevel: 'error',
  disableFullPageScreenshot: true,
  pauseAfterFcpMs: 250,
  pauseAfterLoadMs: 250,
  networkQuietThresholdMs: 250,
  cpuQuietThresholdMs: 250,
};
// The most that a first visit may load, and a further one with what the browser has kept.
const FIRST_BYTES_MAX = 150_000;
const AGAIN_BYTES_MAX = 30_000;

const port = await new Promise((found) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const free = server.address().port;
    server.close(() => found(free));
  });
});

let browser, desk, cookies, looker;
const paths = { start: '/', claim: '/claim?unit=L1:2', queue: '/desk/cases', 'desk case': '/desk/cases/SO-1001-R1' };
before(async () => {
  [browser, desk] = await Promise.all([launch([`--remote-debugging-port=${port}`]), startDesk()]);
  const clerk = await staffPage(browser, desk, 'representative');
  const { page, context } = await visit(browser, desk);
  await enter(mouse(page), desk, clerk.page, 'SO-1023', 'buyer23@example.com');
  paths.case = `/case/${await claimDamage(mouse(page), 'L1:1')}`;
  cookies = [...(await context.cookies()), ...(await clerk.context.cookies())].filter(({ name }) => /^bh_(buyer|staff)$/.test(name));
  // Lighthouse is given a page of its own, which whoever looks is signed in on.
  const lighter = await puppeteer.connect({ browserURL: `http://127.0.0.1:${port}` });
  looker = await lighter.newPage();
  await looker.setCookie(...cookies.map(({ name, value, domain, path }) => ({ name, value, domain, path })));
});
after(stopAll);

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

// The start is for whoever is not signed in; whoever is goes on to the order.
const isOpen = (name) => name === 'start';

async function scores(name, categories) {
  const path = isOpen(name) ? `${paths[name]}?order=SO-1023` : paths[name];
  const { lhr } = await lighthouse(desk.url + path, { ...QUIET, onlyCategories: categories }, undefined, looker);
  assert.equal(lhr.runtimeError, undefined);
  assert.equal(new URL(lhr.finalDisplayedUrl).pathname, path.split('?')[0], 'it looked at that page and no other');
  const lacking = Object.values(lhr.audits).filter((audit) => audit.score !== null && audit.score < 1 && audit.scoreDisplayMode === 'binary');
  const found = Object.fromEntries(categories.map((name) => [name, Math.round(100 * lhr.categories[name].score)]));
  return { found, lacking: lacking.map((audit) => audit.id) };
}

for (const name of ['start', 'claim', 'case', 'queue', 'desk case']) {
  test(`Lighthouse of the page ${name}`, async () => {
    const { found, lacking } = await scores(name, Object.keys(LEAST));
    const runs = [found.performance];
    // Where two of three say the same, the third does not change on which side of the limit the median is.
    const good = () => runs.filter((score) => score >= LEAST.performance).length;
    while (runs.length < RUNS && good() < 2 && runs.length - good() < 2) runs.push((await scores(name, ['performance'])).found.performance);
    found.performance = good() * 2 > runs.length ? Math.min(...runs.filter((score) => score >= LEAST.performance)) : median(runs);
    const said = Object.entries(found).map(([category, score]) => `${category} ${score}`);
    console.log(`${name}: ${said.join(', ')} (performance is the median of ${runs.join(', ')})`);
    for (const [category, least] of Object.entries(LEAST)) {
      assert.ok(found[category] >= least, `${category} ${found[category]}, and ${lacking}`);
    }
  });

  test(`the weight of the page ${name}, and whom it asks`, async () => {
    const { page, context, faults } = await visit(browser, desk);
    if (!isOpen(name)) await context.addCookies(cookies);
    const cdp = await context.newCDPSession(page);
    await cdp.send('Network.enable');
    let bytes = 0;
    cdp.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
    const load = async () => {
      bytes = 0;
      const answer = await page.goto(desk.url + paths[name], { waitUntil: 'networkidle' });
      assert.equal(new URL(page.url()).pathname, paths[name].split('?')[0]);
      return { bytes, policy: answer.headers()['content-security-policy'] };
    };
    const [first, again] = [await load(), await load()];
    console.log(`${name}: ${first.bytes} bytes at first, ${again.bytes} after that`);
    assert.ok(first.bytes > 0 && first.bytes < FIRST_BYTES_MAX, `${first.bytes} bytes`);
    assert.ok(again.bytes < AGAIN_BYTES_MAX, `${again.bytes} bytes`);
    assert.ok(first.policy.startsWith("default-src 'none'"), first.policy);
    assert.ok(!/unsafe|\*|https?:/.test(first.policy), first.policy);
    assert.deepEqual(faults, []);
    await context.close();
  });
}
