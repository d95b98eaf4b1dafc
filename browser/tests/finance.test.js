// Finance: refunds by the day on which they are due, released once whatever a finger does; bank transfers; proofs, and two people.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { api, isSound, launch, shot, staffPage, startDesk, stopAll } from '../lib/desk.js';
import { readyForRefund } from '../lib/returns.js';
import { addAuthenticatorApp, totp } from '../lib/totp.js';

// `proven` is a page of finance whose session was proved a moment ago.
let browser, desk, proven;
before(async () => {
  // One refund of the demo is above both limits.
  [browser, desk] = await Promise.all([
    launch(),
    startDesk({ BACKHAUL_SIGN_IN__STEP_UP_ABOVE: 'EUR 100', BACKHAUL_SIGN_IN__FOUR_EYES_ABOVE: 'EUR 100' }),
  ]);
});
after(stopAll);

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
  const found = await readyForRefund(desk, 'SO-1003', 2, 'YS2602614');
  const { page, faults, context } = await staffPage(browser, desk, 'finance');
  await page.goto(`${desk.url}/desk/refunds`);
  await shot(page, 'finance-refunds');
  await page.getByRole('link', { name: found }).click();
  await isSound(page);
  // It may leave only in some days, so a reason is asked for.
  await page.locator('button[name=release]').click();
  await page.locator('.alert-danger').waitFor();
  await isSound(page);
  await page.fill('#early', 'The buyer waits.');
  await shot(page, 'finance-approve');
  await page.locator('button[name=release]').dblclick();
  // The second press aborts the way that the first began, which is no mistake: what counts is where it ends.
  await page.getByRole('heading', { level: 1, name: /^Refund / }).waitFor();
  assert.ok(page.url().includes(`/desk/refunds/case/${found}/`), page.url());
  await isSound(page);
  await shot(page, 'finance-refund');
  assert.equal((await refunds(found)).length, 1);
  assert.deepEqual(faults, []);
  await context.close();
});

test('a batch leaves once, and says what came of each', async () => {
  const later = await readyForRefund(desk, 'SO-1009', 2, 'QA2602698');
  const { page, faults, context } = await staffPage(browser, desk, 'finance');
  page.on('dialog', (dialog) => dialog.accept());
  await page.goto(`${desk.url}/desk/refunds`);
  await isSound(page);
  await shot(page, 'finance-batch');
  assert.equal(await page.locator(`input[name=case][value="${later}"]`).count(), 0, 'what may not leave yet is looked at by itself');
  const boxes = page.locator('input[name=case]');
  const chosen = await boxes.evaluateAll((all) => all.map((box) => box.value));
  assert.ok(chosen.length > 0, 'the demo has refunds that are due');
  for (const box of await boxes.all()) await box.check();
  await page.getByRole('button', { name: 'Release the chosen ones' }).dblclick();
  await page.getByRole('heading', { name: 'What came of each' }).waitFor();
  await isSound(page);
  for (const name of chosen) assert.equal((await refunds(name)).length, 1, name);
  assert.deepEqual(faults, []);
  await context.close();
});

test('above the limits a proof of a moment ago and a second person are needed', async () => {
  const found = await readyForRefund(desk, 'SO-1028', 1, 'QA2602775');
  const path = `/desk/refunds/approve/${found}`;
  const first = await staffPage(browser, desk, 'finance');
  const release = async (page) => {
    await page.goto(desk.url + path);
    if (await page.locator('#early').count()) await page.fill('#early', 'The buyer waits.');
    await page.locator('button[name=release]').click();
  };

  // A password alone is no proof, and the page says what is.
  await release(first.page);
  await first.page.getByText('A password alone is not enough').waitFor();
  await isSound(first.page);
  await shot(first.page, 'finance-proof');
  assert.equal((await refunds(found)).length, 0);
  const { secret } = await addAuthenticatorApp(first.page, desk);
  await first.page.goto(`${desk.url}/desk/prove?next=${encodeURIComponent(path)}`);
  await isSound(first.page);
  await first.page.fill('#password', desk.staff.finance);
  await first.page.fill('#code', totp(secret, 1));
  await first.page.press('#code', 'Enter');
  await first.page.waitForURL(`**${path}**`);

  // With it the first person proposes, and cannot approve alone.
  await release(first.page);
  await first.page.getByText('Another person of finance must approve').waitFor();
  await isSound(first.page);
  assert.deepEqual(first.faults.splice(0), []);
  await release(first.page);
  await first.page.getByRole('heading', { name: 'The rules say no' }).waitFor();
  await shot(first.page, 'finance-two-people');
  await isSound(first.page);
  assert.deepEqual(first.faults.splice(0).length, 1, 'the refusal alone');
  assert.equal((await refunds(found)).length, 0);

  const second = await staffPage(browser, desk, 'owner');
  const app = await addAuthenticatorApp(second.page, desk);
  await second.page.goto(`${desk.url}/desk/prove?next=${encodeURIComponent(path)}`);
  await second.page.fill('#password', desk.staff.owner);
  await second.page.fill('#code', totp(app.secret, 1));
  await second.page.press('#code', 'Enter');
  await second.page.waitForURL(`**${path}**`);
  await release(second.page);
  await second.page.waitForURL('**/desk/refunds/case/**');
  assert.equal((await refunds(found)).length, 1);
  await second.context.close();
  proven = first;
});

test('a transfer goes to the bank in one file, and is paid by the word of the bank', async () => {
  const clerk = await staffPage(browser, desk, 'representative');
  await clerk.page.goto(`${desk.url}/desk/refunds/bank/account/SO-1015`);
  await clerk.page.fill('#holder', 'Buyer 15');
  await clerk.page.fill('#iban', 'DE00 3704 0044 0532 0130 00');
  await clerk.page.press('#iban', 'Enter');
  await clerk.page.locator('.alert-danger').waitFor();
  await isSound(clerk.page);
  assert.equal(await clerk.page.inputValue('#holder'), 'Buyer 15', 'what was typed is kept');
  await clerk.page.fill('#iban', 'DE89 3704 0044 0532 0130 00');
  await clerk.page.press('#iban', 'Enter');
  await clerk.page.getByText('entered by representative').waitFor();
  await isSound(clerk.page);

  const { page, faults, context } = proven;
  await page.goto(`${desk.url}/desk/refunds/bank`);
  await isSound(page);
  await shot(page, 'finance-bank');
  // What cannot be done leads back to where it was asked for.
  await page.locator('input[name=piece]').uncheck();
  await page.getByRole('button', { name: 'Make the file for the bank' }).click();
  await page.getByText('No file was made.').waitFor();
  await isSound(page);
  await page.getByRole('link', { name: 'Look again' }).click();
  await page.waitForURL('**/desk/refunds/bank');
  assert.equal(faults.splice(0).length, 1, 'the refusal alone');
  await page.getByRole('button', { name: 'Make the file for the bank' }).dblclick();
  await page.getByRole('link', { name: 'Download the file' }).waitFor();
  assert.ok(page.url().includes('/desk/refunds/bank/files/'), page.url());
  await isSound(page);
  const file = await page.request.get(new URL(await page.getByRole('link', { name: 'Download the file' }).getAttribute('href'), desk.url).href);
  const text = await file.text();
  assert.ok(text.includes('DE89370400440532013000'), text);
  assert.equal((await api(desk, 'finance', 'GET', '/bank_batches')).items.length, 1);

  await page.goto(`${desk.url}/desk/refunds/bank?list=exported`);
  await isSound(page);
  await page.locator('input[name=reference]').fill('<b>B-17</b>');
  await page.getByRole('button', { name: 'It was paid' }).click();
  await page.getByText('recorded.').waitFor();
  await page.goto(`${desk.url}/desk/refunds/bank?list=paid`);
  await page.getByText('<b>B-17</b>').waitFor();
  await isSound(page);
  assert.deepEqual(faults, []);
  await context.close();
  await clerk.context.close();
});
