// An authenticator app (RFC 6238): the code of a secret at a moment.
import { createHmac } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function bytes(secret) {
  const bits = [...secret.replace(/[^A-Z2-7]/g, '')].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
}

// The code of the step that the moment is in, or of one some steps further on.
export function totp(secret, steps = 0, now = Date.now()) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(now / 30_000) + steps));
  const sum = createHmac('sha1', bytes(secret)).update(counter).digest();
  const at = sum[19] & 15;
  return String((sum.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

// Sets an authenticator app up on the page of whoever is signed in; gives its secret and the recovery codes.
export async function addAuthenticatorApp(page, desk) {
  await page.goto(`${desk.url}/desk/account`);
  await page.click('#totp');
  const secret = await page.locator('main code').innerText();
  await page.fill('#code', totp(secret));
  await page.press('#code', 'Enter');
  await page.locator('.bh-codes').waitFor();
  return { secret, recovery: await page.locator('.bh-codes code').allInnerTexts() };
}
