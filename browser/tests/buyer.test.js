// The buyer: from the order's number to a case number, with a mouse, with the keyboard alone, with a finger on a phone, without
// scripts and in Chinese; the mistakes that are made on the way; and what is done with a case afterwards.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { claimDamage, enter, newestCode, screens } from '../lib/buyer.js';
import { isSound, launch, shot, staffPage, startDesk, stopAll, visit } from '../lib/desk.js';
import { finger, keyboard, mouse } from '../lib/hands.js';
import { picture } from '../lib/pictures.js';
import { authorise } from '../lib/returns.js';

// What a buyer may be asked for, from the order's number to the case number.
const SCREENS_MAX = 6;
const SECONDS_MAX = 120;
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };

let browser, desk, clerk;
before(async () => {
  [browser, desk] = await Promise.all([launch(), startDesk()]);
  clerk = (await staffPage(browser, desk, 'representative')).page;
});
after(stopAll);

// Somebody who begins: a page, hands, and what they are to see.
async function begin(hands, options = {}) {
  const visited = await visit(browser, desk, options);
  return { ...visited, hands: hands(visited.page) };
}

const journeys = [
  { name: 'a mouse', hands: mouse, order: 'SO-1023', unit: 'L1:1' },
  { name: 'the keyboard alone', hands: keyboard, order: 'SO-1024', unit: 'L1:1' },
  { name: 'a finger on a phone', hands: finger, order: 'SO-1002', unit: 'L1:2', options: PHONE },
  { name: 'no scripts', hands: mouse, order: 'SO-1023', unit: 'L1:2', options: { javaScriptEnabled: false } },
  { name: 'Chinese', hands: mouse, order: 'SO-1025', unit: 'L1:1', options: { locale: 'zh-CN' }, says: '下一步' },
];

for (const { name, hands: kind, order, unit, options, says = 'What happens next' } of journeys) {
  test(`a damaged unit becomes a case with ${name}`, async () => {
    const hasScripts = options?.javaScriptEnabled !== false;
    const { page, hands, faults, context } = await begin(kind, options);
    const seen = screens(page);
    const began = performance.now();
    await enter(hands, desk, clerk, order, `buyer${Number(order.slice(-2))}@example.com`);
    if (hasScripts) await isSound(page);
    const found = await claimDamage(hands, unit, { hasScripts });
    const took = (performance.now() - began) / 1000;
    await shot(page, `buyer-${name.replaceAll(' ', '-')}`);
    assert.match(found, new RegExp(`^${order}-R\\d+$`));
    assert.ok((await page.locator('h1').innerText()).includes(found), 'the page says the case number');
    assert.ok((await page.locator('main').innerText()).includes(says));
    assert.equal(await page.locator('.bh-picture').count(), 3, 'the three pictures are on the page');
    if (hasScripts) await isSound(page);
    const seconds = hands.seconds.toFixed(0);
    console.log(`${name}: ${seen.length} screens, ${seconds} s by the keystroke-level model, ${took.toFixed(1)} s by the clock`);
    assert.ok(seen.length <= SCREENS_MAX, `${seen.length} screens: ${seen}`);
    assert.ok(hands.seconds <= SECONDS_MAX, `${seconds} s`);
    assert.deepEqual(faults, []);
    await context.close();
  });
}

test('once the goods may come there is a slip to print, a number to tell, and a word to be had', async () => {
  const { page, hands, faults, context } = await begin(mouse);
  await enter(hands, desk, clerk, 'SO-1023', 'buyer23@example.com');
  const found = await claimDamage(hands, 'L1:3');
  await authorise(desk, 'SO-1023', found, [{ line: 'L1', number: 3 }]);
  await page.reload();
  await isSound(page);
  for (const paper of ['slip', 'packing']) {
    const link = page.locator(`a[href$="${paper}.pdf"]`);
    const answer = await page.request.get(new URL(await link.getAttribute('href'), desk.url).href);
    assert.equal(answer.headers()['content-type'], 'application/pdf');
    assert.ok((await answer.body()).subarray(0, 5).equals(Buffer.from('%PDF-')), paper);
  }
  await hands.type('#tracking', '1Z999AA10123456784');
  await hands.press('#parcel button[type=submit]');
  await page.getByRole('status').filter({ hasText: 'we expect your parcel' }).waitFor();
  await hands.type('#message', 'The box is <b>crushed</b>.\nShall I keep it?');
  await hands.press('form[action$="/message"] button');
  await page.getByText('<b>crushed</b>').waitFor();
  await shot(page, 'buyer-case');
  await isSound(page);
  assert.deepEqual(faults, []);
  await context.close();
});

test('a return is taken back after it was asked once more', async () => {
  const { page, hands, context } = await begin(mouse);
  await enter(hands, desk, clerk, 'SO-1023', 'buyer23@example.com');
  const found = await claimDamage(hands, 'L1:4');
  await hands.press(`a[href$="/case/${found}/cancel"]`);
  await isSound(page);
  await hands.press('main form button[type=submit]');
  await page.getByText('The return was taken back.').waitFor();
  await page.goto(`${desk.url}/order`);
  assert.ok(await page.locator('input[name=unit][value="L1:4"]').isVisible(), 'the unit can be returned again');
  await context.close();
});

test('a withdrawal in the Union is stated, confirmed, and receipted', async () => {
  const { page, hands, faults, context } = await begin(mouse);
  await enter(hands, desk, clerk, 'SO-1026', 'buyer26@example.com');
  await hands.press('a[href="/withdraw"]');
  await isSound(page);
  await hands.press('input[name=unit][value="L2:1"]');
  await hands.press('main form button[type=submit]');
  await page.locator('blockquote').waitFor();
  await isSound(page);
  await shot(page, 'buyer-withdrawal');
  await hands.press('form[action="/withdraw/confirm"] button:not([name=change])');
  await page.waitForURL('**/case/**');
  const link = await page.locator('a[href$="receipt.pdf"]').getAttribute('href');
  const receipt = await page.request.get(new URL(link, desk.url).href);
  assert.ok((await receipt.body()).subarray(0, 5).equals(Buffer.from('%PDF-')));
  assert.deepEqual(faults, []);
  await context.close();
});

test('what is typed wrong is told beside its field, and what was right is kept', async () => {
  const { page, hands, context } = await begin(mouse);
  await page.goto(desk.url);
  await hands.type('#order', 'SO-1002');
  await hands.type('#email', 'nobody');
  await hands.press('main form button[type=submit]');
  assert.equal(await page.locator('#order').inputValue(), 'SO-1002');
  assert.equal(await page.locator('#email-fault').innerText(), 'Write an e-mail address, such as name@example.com.');
  await page.locator('.alert a[href="#email"]').click();
  assert.ok(await page.locator('#email').evaluate((field) => field === document.activeElement), 'the summary leads to the field');
  await isSound(page);
  await page.fill('#email', 'buyer2@example.com');
  await hands.press('main form button[type=submit]');
  const right = await newestCode(clerk, desk, 'SO-1002');
  await page.fill('#code', right === '00000000' ? '11111111' : '00000000');
  await hands.press('main form button[type=submit]');
  await page.locator('#code-fault').waitFor();
  await isSound(page);
  await page.fill('#code', ` ${right.slice(0, 4)} ${right.slice(4)} `);
  await hands.press('main form button[type=submit]');
  await page.waitForURL('**/order');

  // Nothing was chosen, then nothing was said of it.
  await hands.press('form[action="/claim"] button[type=submit]');
  await page.locator('[role=alert]').waitFor();
  await isSound(page);
  await hands.press('input[name=unit]');
  await hands.press('form[action="/claim"] button[type=submit]');
  await page.waitForURL('**/claim?**');
  await hands.type('#words', 'It smells of smoke.');
  await hands.press('button[name=send]');
  await page.locator('.alert-danger').waitFor();
  assert.equal(await page.locator('.alert-danger li').count(), 3, 'why, the condition and what is asked for');
  assert.equal(await page.locator('#words').inputValue(), 'It smells of smoke.');
  await isSound(page);

  // A picture that is too small, and a file that is none, are told in their place at once.
  await hands.choose('input[name=cause][value=damaged]');
  await hands.choose('input[name=condition][value=unused]');
  await hands.choose('input[name=remedy][value=refund]');
  const slot = page.locator('[data-slot=product]');
  await slot.waitFor();
  await page.setInputFiles('input[name="file.product"]', picture(64, 48));
  await slot.getByText('64 × 48 pixels').waitFor();
  await page.setInputFiles('input[name="file.product"]', { name: 'photo.png', mimeType: 'image/png', buffer: Buffer.from('<html>') });
  await slot.getByText('no JPEG, PNG, WebP or PDF').waitFor();
  await isSound(page);
  await shot(page, 'buyer-mistakes');
  assert.equal(await slot.locator('img').count(), 0);
  const same = picture();
  await page.setInputFiles('input[name="file.product"]', same);
  await slot.locator('img').waitFor();
  assert.equal(await slot.getByText('64 × 48 pixels').count(), 0, 'what was wrong before is no longer said');
  await context.close();
});

test('a claim that will be declined says so before it is sent, with the clause', async () => {
  const { page, hands, faults, context } = await begin(mouse);
  await enter(hands, desk, clerk, 'SO-1029', 'buyer29@example.com');
  await shot(page, 'buyer-not-returnable');
  await isSound(page);
  await hands.press('input[name=unit]');
  await hands.press('form[action="/claim"] button[type=submit]');
  await page.waitForURL('**/claim?**');
  await hands.choose('input[name=cause][value=own_reasons]');
  await hands.choose('input[name=condition][value=unused]');
  await hands.choose('input[name=remedy][value=refund]');
  await page.locator('#answer .bh-danger').waitFor();
  await page.locator('#answer summary').click();
  assert.ok((await page.locator('#answer .bh-clause').count()) > 0);
  await isSound(page);
  assert.deepEqual(faults, []);
  await context.close();
});
