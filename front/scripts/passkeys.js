// Passkeys: the one thing here that needs a script. A form with `data-passkey` asks the desk for a challenge, has the browser answer
// it, and goes on as a form. Where the browser cannot, the form stays hidden and the other ways remain.
const reads = { get: 'parseRequestOptionsFromJSON', create: 'parseCreationOptionsFromJSON' };
for (const form of document.querySelectorAll('form[data-passkey]')) {
  const kind = form.dataset.passkey;
  const read = window.PublicKeyCredential?.[reads[kind]];
  if (!read) continue;
  form.hidden = false;
  const failed = form.querySelector('[data-passkey-failed]');
  form.addEventListener('submit', async (event) => {
    if (form.elements.answer.value || form.dataset.gaveUp) return;
    event.preventDefault();
    failed.hidden = true;
    try {
      const begun = await fetch(form.dataset.begin, { method: 'POST' });
      if (begun.status === 403) {
        // The proof of who it is may be too long ago: the desk says so where the form goes without an answer.
        form.dataset.gaveUp = 'yes';
        return form.requestSubmit();
      }
      if (!begun.ok) throw new Error(begun.statusText);
      const { token, options } = await begun.json();
      const publicKey = read.call(window.PublicKeyCredential, options);
      const made = await navigator.credentials[kind]({ publicKey });
      form.elements.ceremony.value = token;
      form.elements.answer.value = JSON.stringify(made);
      form.requestSubmit();
    } catch {
      failed.hidden = false;
      for (const button of form.querySelectorAll('[aria-disabled]')) button.removeAttribute('aria-disabled');
    }
  });
}
// A page that the browser kept has answered its challenge already.
window.addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-passkey]')) form.elements.answer.value = '';
});
