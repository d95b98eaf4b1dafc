// The representative: a queue that is cleared with two keys a case, and a case that is worked on with the keyboard.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { api, isSound, launch, shot, staffPage, startDesk, stopAll } from '../lib/desk.js';

let browser, desk;
before(async () => {
  [browser, desk] = await Promise.all([launch(), startDesk()]);
});
after(stopAll);

const clerk = (options) => staffPage(browser, desk, 'representative', options);
const stateOf = async (found) => (await api(desk, 'representative', 'GET', `/cases/${found}`)).state;
const open = async (order, units, cause = 'quality') => {
  const claims = [{ units, cause, remedy: 'refund', condition: 'used' }];
  return (await api(desk, 'owner', 'POST', `/orders/${order}/cases`, { claims })).case;
};

// Counts the keys that are pressed.
function counted(page) {
  const hands = { keys: 0, press: async (key) => ((hands.keys += 1), page.keyboard.press(key)) };
  return hands;
}

test('a standard authorisation takes two keys from the queue', async () => {
  await open('SO-1003', [{ line: 'L1', number: 2 }]);
  const { page, faults, context } = await clerk();
  await page.goto(`${desk.url}/desk/cases`);
  await isSound(page);
  await shot(page, 'queue');
  const ready = await page.locator('tr[data-row]:has(button[data-key="a"])').first().locator('[data-row-link]').innerText();
  const hands = counted(page);
  await hands.press('a');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), ready, 'the first key shows which one it would be');
  await hands.press('a');
  await page.locator('.alert-success').waitFor();
  assert.equal(hands.keys, 2);
  assert.equal(new URL(page.url()).pathname, '/desk/cases', 'and the queue is there again');
  assert.equal(await stateOf(ready), 'authorised');
  await isSound(page);
  assert.deepEqual(faults, []);
  await context.close();
});

test('the help names the keys, and the rows are gone through without a mouse', async () => {
  const { page, faults, context } = await clerk();
  await page.goto(`${desk.url}/desk/cases`);
  await page.keyboard.press('?');
  const help = page.locator('dialog#keys');
  await help.waitFor();
  await isSound(page);
  await shot(page, 'queue-keys');
  for (const key of ['j', 'k', 'Enter', 'n']) assert.equal(await help.locator('kbd', { hasText: new RegExp(`^${key}$`) }).count(), 1, key);
  await page.keyboard.press('Escape');
  await help.waitFor({ state: 'hidden' });
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  const first = await page.locator('[data-row-link]').first().innerText();
  assert.equal(await page.evaluate(() => document.activeElement.textContent), first);
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/desk/cases/${first}`);
  await isSound(page);
  await page.keyboard.press('u');
  await page.waitForURL('**/desk/cases');
  // From a list that was filtered the way back leads to that list.
  await page.goto(`${desk.url}/desk/cases?whose=all`);
  await page.locator('[data-row-link]').first().click();
  await page.waitForURL('**/desk/cases/SO-**');
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.locator('button:visible, textarea:visible, select:visible').count(), 0, 'on paper nothing is pressed');
  await page.emulateMedia({ media: null });
  await page.keyboard.press('u');
  await page.waitForURL('**/desk/cases?whose=all');
  await page.keyboard.press('/');
  await page.keyboard.type('SO-1014');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/desk/search?**');
  await page.getByText('SO-1014').first().waitFor();
  await isSound(page);
  assert.deepEqual(faults, []);
  await context.close();
});

test('a case is assigned, written to, noted and declined, and what was lost is asked about first', async () => {
  const found = await open('SO-1009', [{ line: 'L1', number: 2 }]);
  const { page, faults, context } = await clerk();
  await page.goto(`${desk.url}/desk/cases/${found}`);
  await isSound(page);
  await shot(page, 'case');
  await page.keyboard.press('i');
  await page.locator('button[data-key="i"]').waitFor({ state: 'detached' });

  await page.fill('#message', 'Which host does it <b>flap</b> in?\nPlease send its log.');
  await page.press('#message', 'Control+Enter');
  await page.getByText('Which host does it <b>flap</b> in?').first().waitFor();
  await page.check('input[name=as][value=note]');
  await page.fill('#message', 'Same batch as last week.');
  await page.press('#message', 'Control+Enter');
  await page.locator('.bh-note', { hasText: 'Same batch as last week.' }).waitFor();
  await isSound(page);

  await page.goto(`${desk.url}/desk/cases/${found}/decline`);
  await isSound(page);
  await page.locator('#clause').selectOption({ index: 1 });
  await page.locator('form[method=get] button').last().click();
  await page.locator('#words').waitFor();
  assert.ok((await page.locator('#words').inputValue()).length > 40, 'words to the buyer are ready, by the clause');
  await isSound(page);
  await shot(page, 'case-decline');
  // A decision against the buyer is asked about once more, and leaving it changes nothing.
  page.once('dialog', (dialog) => dialog.dismiss());
  await page.locator('button.btn-danger').click();
  assert.notEqual(await stateOf(found), 'declined');
  page.once('dialog', (dialog) => dialog.accept());
  await page.locator('button.btn-danger').click();
  await page.waitForURL(`**/desk/cases/${found}**`);
  assert.equal(await stateOf(found), 'declined');
  await isSound(page);
  assert.deepEqual(faults, []);
  await context.close();
});

test('a case is opened for a buyer who calls, from the order to its number', async () => {
  const { page, faults, context } = await clerk();
  await page.goto(`${desk.url}/desk/cases`);
  await page.keyboard.press('n');
  await page.waitForURL('**/desk/open');
  await isSound(page);
  await page.fill('#q', 'SO-9999');
  await page.press('#q', 'Enter');
  await page.locator('.empty').waitFor();
  await isSound(page);
  await page.fill('#q', 'SO-1028');
  await page.press('#q', 'Enter');
  const order = page.locator('a[href*="/desk/open/"]').first();
  if (await order.count()) await order.click();
  await page.locator('input[name=unit]').first().waitFor();
  await isSound(page);
  await shot(page, 'open-for-a-buyer');
  await page.locator('input[name=unit]').first().check();
  await page.locator('main form:has(input[name=unit]) button[type=submit]').first().click();
  await page.locator('input[name=cause]').first().waitFor();
  await page.check('input[name=cause][value=quality]');
  await page.check('input[name=condition][value=used]');
  await page.check('input[name=remedy][value=refund]');
  await page.locator('#answer .bh-answer').waitFor();
  await isSound(page);
  await page.locator('button[name=send]').click();
  await page.waitForURL('**/desk/cases/SO-1028-**');
  await isSound(page);
  assert.deepEqual(faults, []);
  await context.close();
});

test('of two who work on one case, the second is told what changed', async () => {
  const found = await open('SO-1014', [{ line: 'L1', number: 1 }]);
  const [first, second] = [await clerk(), await clerk()];
  for (const { page } of [first, second]) await page.goto(`${desk.url}/desk/cases/${found}`);
  await first.page.locator('#authorise button').click();
  await first.page.locator('#authorise').waitFor({ state: 'detached' });
  await second.page.locator('#authorise button').click();
  await second.page.locator('[role=alert]').first().waitFor();
  await isSound(second.page);
  await shot(second.page, 'case-changed-meanwhile');
  assert.equal(await stateOf(found), 'authorised');
  for (const { context } of [first, second]) await context.close();
});
