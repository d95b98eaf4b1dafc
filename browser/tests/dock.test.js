// The dock: a scanner, a small screen, and nothing else.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { api, isSound, launch, shot, staffPage, startDesk, stopAll } from '../lib/desk.js';
import { picture } from '../lib/pictures.js';
import { authorise } from '../lib/returns.js';
import { ready, scan } from '../lib/scanner.js';

let browser, desk;
before(async () => {
  [browser, desk] = await Promise.all([launch(), startDesk()]);
});
after(stopAll);

const SCREEN = { viewport: { width: 1024, height: 600 } };
const claims = async (found) => (await api(desk, 'dock', 'GET', `/cases/${found}`)).claims;

async function atDock(options = {}) {
  const visited = await staffPage(browser, desk, 'dock', { ...SCREEN, ...options });
  await visited.page.goto(`${desk.url}/desk/dock`);
  await ready(visited.page);
  return visited;
}

test('a parcel of one unit is received with two scans and nothing else', async () => {
  const { page, faults, context } = await atDock();
  await scan(page, 'SO-1001-R1');
  await page.getByText('QA2602607').waitFor();
  await isSound(page);
  await scan(page, 'QA2602607');
  await page.getByRole('heading', { name: 'Received for SO-1001-R1: 1' }).waitFor();
  await shot(page, 'dock-received');
  await isSound(page);
  assert.ok(await page.locator('#scan').evaluate((field) => field === document.activeElement), 'the next slip can be scanned');
  assert.deepEqual(faults, []);
  await context.close();
});

test('two scans are enough without scripts, too', async () => {
  const { page, context } = await atDock({ javaScriptEnabled: false });
  await scan(page, 'SO-1011-R1');
  await page.getByText('YS2602775').waitFor();
  await ready(page);
  await scan(page, 'YS2602775');
  await page.getByRole('heading', { name: 'Received for SO-1011-R1: 1' }).waitFor();
  await context.close();
});

test('a scan finds its field wherever the focus is, and presses no key of the page', async () => {
  const { page, context } = await atDock();
  await page.evaluate(() => document.activeElement.blur());
  await scan(page, 'xhir-4711');
  await page.getByText('Nothing is known under xhir-4711.').waitFor();
  assert.equal(new URL(page.url()).pathname, '/desk/dock');
  await ready(page);
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press('i');
  await page.waitForURL('**/desk/dock/inspections');
  await context.close();
});

test('goods without serials are counted, and more than is awaited is told', async () => {
  const { page, context } = await atDock();
  await scan(page, 'SO-1012-R1');
  const count = page.locator('.bh-count');
  await count.fill('3');
  await page.getByRole('button', { name: 'Receive what is here' }).click();
  await page.getByText('More was counted than is awaited.').waitFor();
  await page.locator('.bh-count').fill('1');
  await isSound(page);
  await page.locator('button[name=receive]').click();
  await page.getByRole('heading', { name: 'Received for SO-1012-R1: 1' }).waitFor();
  await context.close();
});

test('a box without a slip finds its order by a serial, and is held where nobody awaits it', async () => {
  const { page, context } = await atDock();
  await scan(page, 'QA2602740');
  await page.getByText('no case of order SO-1014 awaits it').waitFor();
  await isSound(page);
  await shot(page, 'dock-unannounced');
  await page.getByRole('button', { name: 'It is here: hold it' }).click();
  await page.getByText('will be held').waitFor();
  await page.getByRole('button', { name: 'Receive what is here' }).click();
  await page.getByRole('heading', { name: 'Held in order SO-1014: 1' }).waitFor();
  await page.getByRole('link', { name: 'Look at what is held' }).click();
  await page.getByRole('heading', { name: 'QA2602740' }).waitFor();
  await isSound(page);
  await context.close();
});

test('what is held is matched to the claim that awaits it', async () => {
  const { page, context } = await atDock();
  await page.goto(`${desk.url}/desk/dock/held`);
  const held = page.locator('section', { hasText: 'FOREIGN-0042' });
  await shot(page, 'dock-held');
  await held.getByRole('button', { name: 'Match' }).click();
  await page.waitForLoadState();
  assert.equal(await page.locator('section', { hasText: 'FOREIGN-0042' }).count(), 0);
  assert.equal((await claims('SO-1005-R1'))[0].goods, 'received');
  await context.close();
});

test('an unknown code books nothing, and a box that nobody can name is held with its description', async () => {
  const { page, context } = await atDock();
  await scan(page, '4006381333931');
  await page.getByText('Nothing is known under 4006381333931.').waitFor();
  await isSound(page);
  const form = page.locator('form[action="/desk/dock/unnamed"]');
  await form.locator('#unnamed-order').fill('SO-9999');
  await form.locator('#description').fill('A <i>grey</i> box, no papers.');
  await form.getByRole('button').click();
  await page.getByText('There is no order “SO-9999”. Nothing was booked.').first().waitFor();
  assert.equal(await page.locator('#description').inputValue(), 'A <i>grey</i> box, no papers.');
  await isSound(page);
  await page.locator('#unnamed-order').fill('SO-1003');
  await form.getByRole('button').click();
  await page.getByText('A <i>grey</i> box, no papers.').waitFor();
  await context.close();
});

// A case's slip as a phone's camera sees it.
async function photographOfSlip(page, found) {
  const paper = await page.request.get(`${desk.url}/desk/cases/${found}/slip.pdf`);
  assert.equal(paper.status(), 200);
  const drawn = spawnSync('pdftoppm', ['-jpeg', '-r', '110', '-f', '1', '-l', '1', '-'], { input: await paper.body(), maxBuffer: 1 << 26 });
  assert.equal(drawn.status, 0, String(drawn.stderr));
  return { name: 'slip.jpg', mimeType: 'image/jpeg', buffer: drawn.stdout };
}

// A case of a unit of the first line that may come.
async function awaited(order, number) {
  const unit = { line: 'L1', number };
  const claims = [{ units: [unit], cause: 'quality', remedy: 'refund', condition: 'used' }];
  const { case: found } = await api(desk, 'representative', 'POST', `/orders/${order}/cases`, { claims });
  await authorise(desk, order, found, [unit]);
  return found;
}

test('a phone photographs the slip in place of a scan', async () => {
  const found = await awaited('SO-1003', 2);
  const { page, faults, context } = await atDock({ viewport: { width: 390, height: 844 } });
  await page.locator('#photo').setInputFiles(picture());
  await page.getByText('No code can be read on this picture.').waitFor();
  await page.locator('#photo').setInputFiles(await photographOfSlip(page, found));
  await page.getByRole('heading', { name: `Box of ${found}` }).waitFor();
  assert.deepEqual(faults, []);
  await shot(page, 'dock-photo');
  await scan(page, 'YS2602614');
  await page.getByRole('heading', { name: `Received for ${found}: 1` }).waitFor();
  await isSound(page);
  await context.close();
});

test('a picture is read without scripts, too', async () => {
  const found = await awaited('SO-1009', 2);
  const { page, context } = await atDock({ javaScriptEnabled: false });
  await page.locator('#photo').setInputFiles(await photographOfSlip(page, found));
  await page.locator('#read-photo').click();
  await page.getByRole('heading', { name: `Box of ${found}` }).waitFor();
  await context.close();
});

test('an inspection is answered yes or no, and what was found is decided again before it is saved', async () => {
  const { page, faults, context } = await atDock();
  await page.goto(`${desk.url}/desk/dock/inspections`);
  await isSound(page);
  await page.getByRole('link').filter({ hasText: 'DD2602649' }).click();
  await page.waitForURL('**/SO-1016-R1/**');
  await isSound(page);
  await page.getByRole('button', { name: 'See what follows' }).click();
  await page.locator('.alert-danger').waitFor();
  await isSound(page);
  for (const question of await page.locator('fieldset').all()) {
    const isLiquid = (await question.getAttribute('id')) === 'finding-liquid';
    await question.locator(`input[value=${isLiquid ? 'yes' : 'no'}]`).check();
  }
  await page.locator('#condition').selectOption('used');
  await page.locator('#report').fill('White rings of <b>dried water</b> on the board.');
  await page.getByRole('button', { name: 'See what follows' }).click();
  await page.getByText('Claimed it was').waitFor();
  await shot(page, 'dock-inspection');
  await isSound(page);
  assert.equal((await claims('SO-1016-R1'))[0].is_inspected, false, 'nothing is saved yet');
  await page.getByRole('button', { name: 'Save the inspection' }).click();
  await page.getByRole('heading', { name: 'What was found' }).waitFor();
  await isSound(page);
  assert.equal((await claims('SO-1016-R1'))[0].is_inspected, true);
  await page.getByRole('button', { name: 'Send back to the buyer' }).click();
  await page.waitForLoadState();
  assert.equal((await claims('SO-1016-R1'))[0].goods, 'sent_back');
  assert.deepEqual(faults, []);
  await context.close();
});
