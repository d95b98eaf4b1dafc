// One return from its first word to its money, as the README tells a new user to try it: the buyer on a phone, the representative, the
// dock, finance, the buyer again, and the owner's report. In English and in Chinese; what is pressed is found by what it is and not by
// what it says.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { claimDamage, enter } from '../lib/buyer.js';
import { isSound, launch, shot, staffPage, startDesk, stopAll, visit } from '../lib/desk.js';
import { finger } from '../lib/hands.js';
import { ready, scan } from '../lib/scanner.js';

// How long the desk's own workers may take to pay a refund.
const PAID_WITHIN_MS = 60_000;
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

let browser, desk;
before(async () => {
  [browser, desk] = await Promise.all([launch(), startDesk()]);
});
after(stopAll);

const JOURNEYS = [
  { locale: 'en', tag: 'en', order: 'SO-1026', email: 'buyer26@example.com', unit: 'L2:1', paid: 'paid', clause: 'The goods come back to us first' },
  { locale: 'zh-CN', tag: 'zh-Hans', order: 'SO-1023', email: 'buyer23@example.com', unit: 'L1:3', paid: '已退款', clause: '请先将商品退回' },
];

for (const { locale, tag, order, email, unit, paid, clause } of JOURNEYS) {
  test(`what a buyer asks for is authorised, received, inspected, paid, and seen to be paid, in ${tag}`, async () => {
    const pages = [];
    const at = async (opened) => {
      const visited = await opened;
      pages.push(visited);
      return visited.page;
    };
    const staff = (role) => at(staffPage(browser, desk, role, { locale }));
    // A page is in the reader's language, fits, and has nothing that axe-core finds.
    const look = async (page, name) => {
      assert.equal(await page.locator('html').getAttribute('lang'), tag);
      await isSound(page);
      await shot(page, `chain-${tag}-${name}`);
    };

    const clerk = await staff('representative');
    const buyer = await at(visit(browser, desk, { locale, ...PHONE }));
    await enter(finger(buyer), desk, clerk, order, email);
    await look(buyer, 'order');
    const found = await claimDamage(finger(buyer), unit);
    await look(buyer, 'asked');

    await clerk.goto(`${desk.url}/desk/cases/${found}`);
    await look(clerk, 'case');
    await clerk.keyboard.press('a');
    await clerk.locator('#authorise').waitFor({ state: 'detached' });
    await look(clerk, 'authorised');

    await buyer.reload();
    const slip = await buyer.locator('a[href$="slip.pdf"]').first().getAttribute('href');
    const paper = await buyer.request.get(new URL(slip, desk.url).href);
    assert.ok((await paper.body()).subarray(0, 5).equals(Buffer.from('%PDF-')));
    await look(buyer, 'to-send');

    const dock = await staff('dock');
    await dock.goto(`${desk.url}/desk/dock`);
    await ready(dock);
    await scan(dock, found);
    const serial = await dock.locator('.list-group-item strong').first().innerText();
    // No picture here: taking one leaves an empty style behind, which htmx would copy and the page's policy forbids.
    await isSound(dock);
    await scan(dock, serial);
    await dock.getByRole('heading', { name: found }).waitFor();
    await look(dock, 'received');
    await dock.goto(`${desk.url}/desk/dock/inspections`);
    await dock.getByRole('link').filter({ hasText: serial }).click();
    await dock.locator('#condition').waitFor();
    for (const question of await dock.locator('fieldset').all()) await question.locator('input[value=no]').check();
    await dock.locator('#condition').selectOption('unused');
    await dock.locator('button[name=preview]').click();
    await dock.locator('section[aria-labelledby=found]', { hasText: clause }).waitFor();
    await look(dock, 'inspection');
    await dock.locator('button[name=save]').click();
    await dock.locator('#found').waitFor();

    const finance = await staff('finance');
    await finance.goto(`${desk.url}/desk/refunds`);
    await finance.getByRole('link', { name: found }).click();
    await finance.locator('button[name=release]').waitFor();
    await look(finance, 'refund');
    const early = finance.locator('#early');
    if (await early.count()) await early.fill('The buyer is a good customer.');
    await finance.locator('button[name=release]').click();
    await finance.waitForURL('**/desk/refunds/case/**');

    const deadline = Date.now() + PAID_WITHIN_MS;
    const money = buyer.locator('section[aria-labelledby=money-title]');
    do {
      await buyer.reload();
    } while (!(await money.innerText()).includes(paid) && Date.now() < deadline);
    assert.ok((await money.innerText()).includes(paid));
    assert.match(await money.innerText(), /€|EUR|US\$|USD/);
    await look(buyer, 'paid');

    const owner = await staff('owner');
    await owner.goto(`${desk.url}/desk/reports/returns`);
    await look(owner, 'report');
    assert.ok((await owner.locator('.bh-charts svg').count()) > 0 && (await owner.locator('tbody tr').count()) > 0);
    for (const { faults, context } of pages) {
      assert.deepEqual(faults, []);
      await context.close();
    }
  });
}
