// The pictures of the README: a claim on a phone, the page of a case, a box at the dock, and refunds. `cargo xtask screenshots`
// writes them to where the README shows them; otherwise they lie with the other screenshots.
import assert from 'node:assert/strict';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { claimDamage, enter } from '../lib/buyer.js';
import { launch, root, shots, staffPage, startDesk, stopAll, visit } from '../lib/desk.js';
import { finger, mouse } from '../lib/hands.js';
import { picture } from '../lib/pictures.js';
import { authorise, readyForRefund } from '../lib/returns.js';
import { scan } from '../lib/scanner.js';

const BYTES_MAX = 150_000;
const folder = process.env.WRITE_SCREENSHOTS ? join(root, 'docs/screenshots') : join(shots, 'readme');
mkdirSync(folder, { recursive: true });

let browser, desk, clerk;
before(async () => {
  [browser, desk] = await Promise.all([launch(), startDesk()]);
  clerk = (await staffPage(browser, desk, 'representative')).page;
});
after(stopAll);

async function take(page, name) {
  // Whatever has the focus shows it by a ring that nobody else would see.
  await page.evaluate(() => document.activeElement?.blur());
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path });
  const { size } = statSync(path);
  assert.ok(size < BYTES_MAX, `${name} has ${size} bytes`);
}

test('a claim on a phone, with its answer', async () => {
  const { page } = await visit(browser, desk, {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
    // Pictures are taken at once, and not on the way to where the page scrolls.
    reducedMotion: 'reduce',
  });
  await enter(finger(page), desk, clerk, 'SO-1023', 'buyer23@example.com');
  await page.goto(`${desk.url}/claim?unit=L1:1`);
  await page.check('input[name=cause][value=damaged]');
  await page.check('input[name=condition][value=unused]');
  await page.check('input[name=remedy][value=refund]');
  for (const slot of ['outer_box', 'inner_package']) {
    await page.locator(`[data-slot="${slot}"] input[type=file]`).setInputFiles(picture());
    await page.locator(`[data-slot="${slot}"] img`).waitFor();
  }
  await page.locator('#answer .bh-warning').waitFor();
  await page.locator('#pictures').evaluate((pictures) => pictures.scrollIntoView());
  await take(page, 'claim');
});

test('the page of a case, with its papers', async () => {
  const { page } = await visit(browser, desk, { viewport: { width: 1100, height: 860 } });
  await enter(mouse(page), desk, clerk, 'SO-1023', 'buyer23@example.com');
  const found = await claimDamage(mouse(page), 'L1:2');
  await authorise(desk, 'SO-1023', found, [{ line: 'L1', number: 2 }]);
  await page.goto(`${desk.url}/case/${found}`);
  await take(page, 'case');
});

test('a box at the dock, with what is in it and what is not awaited', async () => {
  const { page } = await staffPage(browser, desk, 'dock', { viewport: { width: 1100, height: 720 } });
  await page.goto(`${desk.url}/desk/dock`);
  await scan(page, 'SO-1001-R1');
  await page.getByText('QA2602607').waitFor();
  await scan(page, 'QA2602614');
  await page.getByText('Is it in the box?').waitFor();
  await take(page, 'dock');
});

test('refunds by the day on which they are due', async () => {
  await readyForRefund(desk, 'SO-1003', 2, 'YS2602614');
  await readyForRefund(desk, 'SO-1009', 2, 'QA2602698');
  const { page } = await staffPage(browser, desk, 'finance', { viewport: { width: 1100, height: 720 } });
  await page.goto(`${desk.url}/desk/refunds`);
  await take(page, 'refunds');
});
