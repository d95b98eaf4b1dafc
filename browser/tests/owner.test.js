// The owner: a change of the policy that is checked, compared and published; keys, webhooks, the trail, reports and settings.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isSound, launch, shot, staffPage, startDesk, stopAll } from '../lib/desk.js';

let browser, desk;
before(async () => {
  [browser, desk] = await Promise.all([launch(), startDesk()]);
});
after(stopAll);

const owner = (options) => staffPage(browser, desk, 'owner', options);
const lines = (text) => text.trim().split('\n').length;
const inDays = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

test('a version of the policy is written, its mistake is told by line, and it is compared and published', async () => {
  const { page, faults, context } = await owner();
  await page.goto(`${desk.url}/desk/policies`);
  await isSound(page);
  await shot(page, 'policies');
  await page.locator('.bh-here a').click();
  await isSound(page);
  await page.keyboard.press('n');
  await page.waitForURL('**/desk/policies/check?**');
  const file = await page.locator('#file').inputValue();
  assert.match(file, /^version = /m);
  await isSound(page);

  await page.fill('#file', `${file}\nnonsense = [`);
  await page.locator('button[data-key=k]').click();
  await page.locator('#found', { hasText: '✕' }).waitFor();
  assert.match(await page.locator('section[aria-labelledby=found]').innerText(), new RegExp(`line ${lines(file) + 2}\\b`));
  assert.equal(await page.locator('button[formaction="/desk/policies/publish"]').count(), 0, 'what has mistakes cannot be published');
  await isSound(page);
  await shot(page, 'policy-mistake');

  const changed = file
    .replace(/^version = .*$/m, 'version = "2999-1"')
    .replace(/^effective = .*$/m, `effective = ${inDays(30)}`);
  await page.fill('#file', changed);
  await page.locator('button[data-key=k]').click();
  await page.locator('button[formaction="/desk/policies/compare"]').click();
  await page.locator('#compared-title').waitFor();
  await isSound(page);
  await shot(page, 'policy-compared');
  await page.locator('button[formaction="/desk/policies/publish"]').click();
  await page.locator('#publish').waitFor();
  await isSound(page);
  await shot(page, 'policy-publish');
  const accept = page.locator('input[name=accept]');
  if (await accept.count()) await accept.check();
  page.once('dialog', (dialog) => dialog.dismiss());
  await page.locator('button[name=publish]').click();
  page.once('dialog', (dialog) => dialog.accept());
  await page.locator('button[name=publish]').click();
  await page.getByText('2999-1').first().waitFor();
  await page.goto(`${desk.url}/desk/policies`);
  assert.equal(await page.getByText('2999-1').count(), 1);
  // What does not judge yet can be taken back.
  await page.getByRole('link', { name: '2999-1' }).click();
  page.once('dialog', (dialog) => dialog.accept());
  await page.locator('#withdraw button').click();
  await page.locator('.alert-success').waitFor();
  await isSound(page);
  assert.deepEqual(faults, []);
  await context.close();
});

test('a key is shown once, and one that is ended opens nothing', async () => {
  const { page, faults, context } = await owner();
  await page.goto(`${desk.url}/desk/keys`);
  await isSound(page);
  await page.locator('form[action="/desk/keys/add"] button').click();
  await page.locator('.invalid-feedback').first().waitFor();
  await isSound(page);
  await page.fill('#name', 'Warehouse <2>');
  await page.check('input[name=role][value=dock]');
  await page.locator('form[action="/desk/keys/add"] button').click();
  const secret = await page.locator('#secret').inputValue();
  await isSound(page);
  const asks = () => fetch(`${desk.url}/api/v1/cases`, { headers: { authorization: `Bearer ${secret}` } });
  assert.equal((await asks()).status, 200);
  await page.goto(`${desk.url}/desk/keys`);
  assert.ok(!(await page.content()).includes(secret), 'nobody sees it again');
  await page.getByText('Warehouse <2>').first().waitFor();
  page.once('dialog', (dialog) => dialog.accept());
  await page.locator('.list-group-item', { hasText: 'Warehouse <2>' }).locator('button').click();
  await page.locator('.alert-success').waitFor();
  assert.equal((await asks()).status, 401);
  assert.deepEqual(faults, []);
  await context.close();
});

test('a webhook is added, its mistake told, and it is taken away', async () => {
  const { page, faults, context } = await owner();
  await page.goto(`${desk.url}/desk/webhooks`);
  await isSound(page);
  await page.fill('#url', 'ftp://nowhere');
  await page.press('#url', 'Enter');
  await page.locator('.invalid-feedback').first().waitFor();
  assert.equal(await page.locator('#url').inputValue(), 'ftp://nowhere');
  await isSound(page);
  await page.fill('#url', 'https://hooks.example.com/backhaul');
  await page.press('#url', 'Enter');
  await page.locator('#secret').waitFor();
  await isSound(page);
  await page.goto(`${desk.url}/desk/webhooks`);
  page.once('dialog', (dialog) => dialog.accept());
  await page.locator('form[action="/desk/webhooks/remove"] button').click();
  await page.locator('.alert-success').waitFor();
  await page.goto(`${desk.url}/desk/webhooks/deliveries`);
  await isSound(page);
  assert.deepEqual(faults, []);
  await context.close();
});

test('the trail is searched and verified, and every report and setting is there', async () => {
  const { page, faults, context } = await owner();
  await page.goto(`${desk.url}/desk/trail?order=SO-1001`);
  await isSound(page);
  assert.ok((await page.locator('.list-group-item').count()) > 1);
  await page.keyboard.press('v');
  await page.locator('#verify strong', { hasText: '✓' }).waitFor({ timeout: 60_000 });
  await isSound(page);
  await page.goto(`${desk.url}/desk/reports`);
  await isSound(page);
  await shot(page, 'reports');
  const hrefs = await page.locator('nav.bh-nav a[href^="/desk/reports"]').evaluateAll((all) => all.map((link) => link.getAttribute('href')));
  assert.ok(hrefs.length > 5);
  for (const href of hrefs) {
    await page.goto(desk.url + href);
    await isSound(page);
    const file = page.locator('a[download]');
    if (await file.count()) {
      const csv = await page.request.get(new URL(await file.getAttribute('href'), desk.url).href);
      assert.equal(csv.status(), 200);
      assert.ok(lines(await csv.text()) > 1, `${href} has a file, and nothing stands in it`);
    }
  }
  await page.goto(`${desk.url}/desk/settings?look=1`);
  await isSound(page);
  await shot(page, 'settings');
  assert.deepEqual(faults, []);
  await context.close();
});

test('nobody but the owner sees these pages', async () => {
  const { page, context } = await staffPage(browser, desk, 'dock');
  for (const path of ['keys', 'webhooks', 'trail', 'policies/check']) {
    const answer = await page.goto(`${desk.url}/desk/${path}`);
    assert.equal(answer.status(), 403, path);
    await isSound(page);
  }
  await context.close();
});
