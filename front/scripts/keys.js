// Keys: an element with `data-key` is pressed by that key, `?` shows them all. A key is not taken from somebody who types.
const isTyping = (target) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));

const label = (element) =>
  element.dataset.keyLabel || element.getAttribute('aria-label') || element.textContent.trim();

function overlay() {
  const dialog = document.getElementById('keys');
  const list = dialog?.querySelector('[data-keys]');
  if (!list) return null;
  list.replaceChildren();
  const seen = new Set();
  for (const element of document.querySelectorAll('[data-key]')) {
    if (seen.has(element.dataset.key)) continue;
    seen.add(element.dataset.key);
    const [key, what] = [document.createElement('dt'), document.createElement('dd')];
    const cap = document.createElement('kbd');
    cap.textContent = element.dataset.key;
    key.append(cap);
    what.textContent = label(element);
    list.append(key, what);
  }
  return dialog;
}

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (event.key === '?') {
    const dialog = overlay();
    if (dialog?.open) dialog.close();
    else dialog?.showModal();
    event.preventDefault();
    return;
  }
  const wanted = [...document.querySelectorAll('[data-key]')].find(
    (element) => element.dataset.key === event.key && !element.disabled && element.getClientRects().length > 0,
  );
  if (!wanted) return;
  event.preventDefault();
  if (['INPUT', 'TEXTAREA', 'SELECT'].includes(wanted.tagName)) wanted.focus();
  else wanted.click();
});

for (const button of document.querySelectorAll('[data-opens-keys]')) {
  button.hidden = false;
  button.addEventListener('click', () => overlay()?.showModal());
}
