// One return from its first word to its money: the buyer, the representative, the dock, finance, and the buyer again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { claimDamage, enter } from '../lib/buyer.js';
import { launch, shot, staffPage, startDesk, stopAll, visit } from '../lib/desk.js';
import { mouse } from '../lib/hands.js';
import { authorise } from '../lib/returns.js';
import { scan } from '../lib/scanner.js';

// How long the desk's own workers may take to pay a refund.
const PAID_WITHIN_MS = 60_000;

let browser, desk;
before(async () => {
  [browser, desk] = await Promise.all([launch(), startDesk()]);
});
after(stopAll);

test('what a buyer asks for is authorised, received, inspected, paid, and seen to be paid', async () => {
  const clerk = await staffPage(browser, desk, 'representative');
  const buyer = await visit(browser, desk);
  await enter(mouse(buyer.page), desk, clerk.page, 'SO-1026', 'buyer26@example.com');
  const found = await claimDamage(mouse(buyer.page), 'L2:1');
  await authorise(desk, 'SO-1026', found, [{ line: 'L2', number: 1 }]);

  const dock = await staffPage(browser, desk, 'dock');
  await dock.page.goto(`${desk.url}/desk/dock`);
  await scan(dock.page, found);
  const serial = await dock.page.locator('.list-group-item strong').first().innerText();
  await scan(dock.page, serial);
  await dock.page.getByRole('heading', { name: `Received for ${found}: 1` }).waitFor();
  await dock.page.goto(`${desk.url}/desk/dock/inspections`);
  await dock.page.getByRole('link').filter({ hasText: serial }).click();
  await dock.page.locator('#condition').waitFor();
  for (const question of await dock.page.locator('fieldset').all()) await question.locator('input[value=no]').check();
  await dock.page.locator('#condition').selectOption('unused');
  await dock.page.getByRole('button', { name: 'See what follows' }).click();
  await dock.page.getByRole('button', { name: 'Save the inspection' }).click();
  await dock.page.getByRole('heading', { name: 'What was found' }).waitFor();

  const finance = await staffPage(browser, desk, 'finance');
  await finance.page.goto(`${desk.url}/desk/refunds/approve/${found}`);
  const early = finance.page.locator('#early');
  if (await early.count()) await early.fill('The box was crushed, and the buyer is a good customer.');
  await finance.page.locator('button[name=release]').click();
  await finance.page.waitForURL('**/desk/refunds/case/**');

  const deadline = Date.now() + PAID_WITHIN_MS;
  const money = buyer.page.locator('section[aria-labelledby=money-title]');
  do {
    await buyer.page.reload();
  } while (!(await money.innerText()).includes('paid') && Date.now() < deadline);
  assert.match(await money.innerText(), /€|EUR/);
  assert.match(await money.innerText(), /paid/);
  await shot(buyer.page, 'chain-buyer-paid');
  for (const { faults } of [buyer, dock, finance, clerk]) assert.deepEqual(faults, []);
});
