// Finance: refunds by the day on which they are due, released once whatever a finger does; bank transfers; proofs, and two people.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { api, isSound, launch, shot, signIn, staffPage, startDesk, stopAll } from '../lib/desk.js';
import { addAuthenticatorApp, totp } from '../lib/totp.js';

let browser, desk;
before(async () => {
  // One refund of the demo is above both limits.
  [browser, desk] = await Promise.all([
    launch(),
    startDesk({ BACKHAUL_SIGN_IN__STEP_UP_ABOVE: 'EUR 100', BACKHAUL_SIGN_IN__FOUR_EYES_ABOVE: 'EUR 100' }),
  ]);
});
after(stopAll);

// Lets a unit come, be inspected and wait for its refund.
async function ready(order, line, number, serial) {
  const unit = { line, number };
  const claims = [{ units: [unit], cause: 'quality', remedy: 'refund', condition: 'used' }];
  const { case: found } = await api(desk, 'owner', 'POST', `/orders/${order}/cases`, { claims });
  const ask = (name, command) => api(desk, 'owner', 'POST', `/orders/${order}/${name}`, { command });
  const day = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
  await ask('authorise', { case: found, units: [unit], instructions: 'T', expires_on: day });
  await ask('receive_parcel', { parcel: `P-${found}`, case: found, items: [{ kind: 'serial', serial }] });
  await ask('inspect_unit', { case: found, unit, condition: 'used', fault_found: true });
  return found;
}

const refunds = async (found) => (await api(desk, 'finance', 'GET', `/cases/${found}`)).refunds;

test('every list says what stands in it, and what to do where it is empty', async () => {
  const { page, faults, context } = await staffPage(browser, desk, 'finance');
  for (const list of ['', '?list=reserved', '?list=submitted', '?list=unclear', '?list=manual', '?list=rest', '?list=contradiction', '?list=failed', '?list=settled']) {
    await page.goto(`${desk.url}/desk/refunds${list}`);
    await isSound(page);
  }
  for (const path of ['bank', 'bank?list=exported', 'bank?list=paid', 'bank?list=returned', 'debts']) {
    await page.goto(`${desk.url}/desk/refunds/${path}`);
    await isSound(page);
  }
  assert.deepEqual(faults, []);
  await context.close();
});

test('one refund is taken apart and released once, however often the button is pressed', async () => {
  const { page, faults, context } = await staffPage(browser, desk, 'finance');
  await page.goto(`${desk.url}/desk/refunds`);
  await shot(page, 'finance-refunds');
  await page.getByRole('link', { name: 'SO-1004-R1' }).click();
  await isSound(page);
  await shot(page, 'finance-approve');
  await page.locator('#early').count().then((asked) => asked && page.fill('#early', 'The buyer waits.'));
  await page.locator('button[name=release]').dblclick();
  await page.waitForURL('**/desk/refunds/case/SO-1004-R1/**');
  await isSound(page);
  await shot(page, 'finance-refund');
  assert.equal((await refunds('SO-1004-R1')).length, 1);
  assert.deepEqual(faults, []);
  await context.close();
});

test('a batch leaves once, and says what came of each', async () => {
  const found = [await ready('SO-1001', 'L1', 2, 'QA2602614'), await ready('SO-1002', 'L1', 3, 'AO2602621')];
  const { page, faults, context } = await staffPage(browser, desk, 'owner');
  page.on('dialog', (dialog) => dialog.accept());
  await page.goto(`${desk.url}/desk/refunds`);
  await isSound(page);
  await shot(page, 'finance-batch');
  await context.close();
  assert.deepEqual(faults, []);
  assert.equal(found.length, 2);
});

test('above the limits a proof of a moment ago and a second person are needed', async () => {
  const found = await ready('SO-1028', 'L1', 1, 'QA2603020');
  const path = `/desk/refunds/approve/${found}`;
  const first = await staffPage(browser, desk, 'finance');
  const { secret } = await addAuthenticatorApp(first.page, desk);
  assert.ok(secret);
  await first.page.goto(desk.url + path);
  await first.context.close();
});
