// What a buyer does, with whatever hands: from the start to a case number, and the code that the start sends.
import assert from 'node:assert/strict';
import { picture } from './pictures.js';

// How often a letter is looked for that is about to leave.
const TRIES_MAX = 100;

// The newest code for an order, as it stands in the list of what the desk has sent; `clerk` is a page of somebody who may read it.
export async function newestCode(clerk, desk, order) {
  for (let tried = 0; tried < TRIES_MAX; tried++) {
    await clerk.goto(`${desk.url}/desk/outgoing?order=${order}`);
    await clerk.locator('tbody tr a').first().click();
    await clerk.waitForURL('**/desk/outgoing/*');
    const code = (await clerk.locator('main').innerText()).match(/\b\d{8}\b/);
    if (code) return code[0];
    // It is shown once it would have left.
    await clerk.waitForTimeout(100);
  }
  throw new Error(`no code for ${order} among what was sent`);
}

// Begins with the order's number and the e-mail address, and types the code.
export async function enter(hands, desk, clerk, order, email) {
  const { page } = hands;
  await page.goto(desk.url);
  await hands.type('#order', order);
  await hands.type('#email', email);
  await hands.press('main form button[type=submit]');
  await page.waitForURL('**/code');
  const code = await newestCode(clerk, desk, order);
  await hands.type('#code', code);
  await hands.press('main form button[type=submit]');
  await page.waitForURL('**/order');
}

// Claims a unit as damaged, and asks for the money back; `hasScripts` says whether the answer comes as it is chosen.
export async function claimDamage(hands, unit, { hasScripts = true } = {}) {
  const { page } = hands;
  await hands.press(`input[name=unit][value="${unit}"]`);
  await hands.press('form[action="/claim"] button[type=submit]');
  await page.waitForURL('**/claim?**');
  await hands.choose('input[name=cause][value=damaged]');
  await hands.choose('input[name=condition][value=unused]');
  await hands.choose('input[name=remedy][value=refund]');
  if (hasScripts) {
    await page.locator('#answer .bh-answer').waitFor();
  } else {
    await hands.press('button[name=look]');
  }
  assert.ok(await page.locator('#answer .bh-answer').isVisible(), 'the answer is there before anything is sent');
  for (const slot of ['outer_box', 'inner_package', 'product']) {
    await hands.file(`input[name="file.${slot}"]`, picture());
    if (hasScripts) await page.locator(`[data-slot="${slot}"] [data-kept] .bh-picture`).waitFor();
  }
  await hands.press('button[name=send]');
  await page.waitForURL('**/case/**');
  return decodeURIComponent(new URL(page.url()).pathname.split('/').pop());
}

// How many screens somebody has seen on a page from now on, each once however it was come to.
export function screens(page) {
  const seen = [];
  page.on('domcontentloaded', () => seen.push(new URL(page.url()).pathname));
  return seen;
}
