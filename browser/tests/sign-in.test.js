// Signing in: a password, an authenticator app, recovery codes, and passkeys by an authenticator that Chromium plays.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isSound, launch, shot, signIn, startDesk, stopAll, visit } from '../lib/desk.js';
import { addAuthenticatorApp, totp } from '../lib/totp.js';

let browser, desk, other;
before(async () => {
  [browser, desk, other] = await Promise.all([launch(), startDesk({}), startDesk({})]);
});
after(stopAll);

// A device of its own with a built-in authenticator whose owner is always there.
async function device(at = desk) {
  const visited = await visit(browser, at);
  const cdp = await visited.context.newCDPSession(visited.page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  const keys = async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials;
  const forget = (credentialId) => cdp.send('WebAuthn.removeCredential', { authenticatorId, credentialId });
  const isVerified = (yes) => cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: yes });
  return { ...visited, keys, forget, isVerified };
}

async function addPasskey(page, at, name) {
  await page.goto(`${at.url}/desk/account`);
  await page.fill('#passkey-name', name);
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await page.locator('.bh-codes, main li:has-text("Take away")').first().waitFor();
}

const signOut = async (page) => {
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL('**/desk/sign-in**');
};

test('a wrong password is told, and the right one leads to where one was going', async () => {
  const { page, faults, context } = await visit(browser, desk);
  await page.goto(`${desk.url}/desk/dock/inspections`);
  await isSound(page);
  await page.fill('#name', 'dock');
  await page.fill('#password', 'wrong');
  await page.press('#password', 'Enter');
  await page.locator('.alert-danger').waitFor();
  assert.equal(await page.locator('#name').inputValue(), 'dock');
  assert.equal(await page.locator('#password').inputValue(), '');
  await isSound(page);
  await page.fill('#password', desk.staff.dock);
  await page.press('#password', 'Enter');
  await page.waitForURL('**/desk/dock/inspections');
  await signOut(page);
  await isSound(page);
  assert.deepEqual(faults, []);
  await context.close();
});

test('with an authenticator app a code is asked for, and each code opens once', async () => {
  const { page, context } = await visit(browser, desk);
  await signIn(page, desk, 'finance');
  await page.goto(`${desk.url}/desk/account`);
  await isSound(page);
  const { secret, recovery } = await addAuthenticatorApp(page, desk);
  assert.equal(recovery.length, 10);
  await signOut(page);

  const asked = async () => {
    await page.goto(`${desk.url}/desk/sign-in`);
    await page.fill('#name', 'finance');
    await page.fill('#password', desk.staff.finance);
    await page.press('#password', 'Enter');
    await page.waitForURL('**/desk/sign-in/second**');
  };
  await asked();
  await isSound(page);
  await page.fill('#code', '000000');
  await page.press('#code', 'Enter');
  await page.locator('.alert-danger').waitFor();
  await isSound(page);
  // The code of this half minute was used when the app was added.
  await page.fill('#code', totp(secret, 1));
  await page.press('#code', 'Enter');
  await page.waitForURL((url) => !url.pathname.includes('sign-in'));
  await signOut(page);

  await asked();
  await page.fill('#code', recovery[0]);
  await page.press('#code', 'Enter');
  await page.waitForURL((url) => !url.pathname.includes('sign-in'));
  await page.goto(`${desk.url}/desk/account`);
  await page.getByText('9 recovery codes are left.').waitFor();
  await signOut(page);
  await asked();
  await page.fill('#code', recovery[0]);
  await page.press('#code', 'Enter');
  await page.locator('.alert-danger').waitFor();
  await context.close();
});

test('a passkey is added, signs in alone, and opens nothing once it is taken away', async () => {
  const { page, keys, isVerified, faults, context } = await device();
  page.on('dialog', (dialog) => dialog.accept());
  await signIn(page, desk, 'owner');
  await addPasskey(page, desk, 'Laptop of the owner');
  assert.equal((await keys()).length, 1);
  await page.goto(`${desk.url}/desk/account`);
  await page.getByText('Laptop of the owner').waitFor();
  await isSound(page);
  await shot(page, 'account-passkey');
  await signOut(page);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.waitForURL((url) => !url.pathname.includes('sign-in'));
  await page.getByRole('link', { name: 'owner' }).waitFor();

  // Whoever does not prove to the device who they are is not let in by it.
  await signOut(page);
  await isVerified(false);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.getByText('The passkey was not used.').waitFor();
  await isVerified(true);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.waitForURL((url) => !url.pathname.includes('sign-in'));

  await page.goto(`${desk.url}/desk/account`);
  await page.getByRole('button', { name: 'Take away' }).click();
  await page.getByText('Laptop of the owner').waitFor({ state: 'detached' });
  await signOut(page);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.locator('.alert-danger').waitFor();
  await isSound(page);
  assert.deepEqual(faults, []);
  await context.close();
});

test('the passkey of somebody else is no second step', async () => {
  const { page, context } = await device();
  await signIn(page, desk, 'representative');
  await addPasskey(page, desk, 'Key of the representative');
  await signOut(page);
  await page.fill('#name', 'dock');
  await page.fill('#password', desk.staff.dock);
  await page.press('#password', 'Enter');
  await page.waitForURL((url) => !url.pathname.includes('sign-in'));
  await page.goto(`${desk.url}/desk/prove`);
  const begun = await page.evaluate(async () => (await fetch('/desk/passkeys/ask', { method: 'POST' })).json());
  const answer = await page.evaluate(async (options) => {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
    return JSON.stringify(await navigator.credentials.get({ publicKey }));
  }, begun.options);
  const form = { ceremony: begun.token, answer, next: '/desk' };
  const tried = await page.request.post(`${desk.url}/desk/prove/passkey`, { form, headers: { origin: desk.url }, maxRedirects: 0 });
  assert.equal(tried.status(), 200, 'the page is shown again');
  assert.ok((await tried.text()).includes('alert-danger'));
  await context.close();
});

test('a passkey of another desk, and an answer that was given to another desk, open nothing', async () => {
  const { page, keys, forget, context } = await device(other);
  await signIn(page, other, 'owner');
  await addPasskey(page, other, 'Key of the other desk');
  assert.equal((await keys()).length, 1);

  // Both are reached under the same name, so the browser offers the key; this desk does not know it.
  await page.goto(`${desk.url}/desk/sign-in`);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.locator('.alert-danger').waitFor();

  await forget((await keys())[0].credentialId);
  // A challenge of this desk that is answered on a page of the other is not taken, whoever's key answers it.
  await signIn(page, desk, 'owner');
  await addPasskey(page, desk, 'Key of this desk');
  await signOut(page);
  const post = (path, form) => page.request.post(desk.url + path, { form, headers: { origin: desk.url }, maxRedirects: 0 });
  const answered = async (at) => {
    const begun = await (await post('/desk/passkeys/ask', {})).json();
    await page.goto(`${at.url}/desk/sign-in`);
    const answer = await page.evaluate(async (options) => {
      const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
      return JSON.stringify(await navigator.credentials.get({ publicKey }));
    }, begun.options);
    return post('/desk/sign-in/passkey', { ceremony: begun.token, answer, next: '/desk' });
  };
  assert.equal((await answered(other)).status(), 200);
  assert.equal((await answered(desk)).status(), 303, 'the same by the right page is let in');
  await context.close();
});
