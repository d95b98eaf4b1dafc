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

// Does what the key is for; says whether it is for anything.
function press(key) {
  if (key === '?') {
    const dialog = overlay();
    if (dialog?.open) dialog.close();
    else dialog?.showModal();
    return true;
  }
  const wanted = [...document.querySelectorAll('[data-key]')].find(
    (element) => element.dataset.key === key && !element.disabled && element.getClientRects().length > 0,
  );
  if (!wanted) return false;
  if (['INPUT', 'TEXTAREA', 'SELECT'].includes(wanted.tagName)) wanted.focus();
  else wanted.click();
  return true;
}

// A scanner types wherever the focus is. What comes faster than a finger can type goes into the field for scans and presses nothing.
const SCANNER_MS = 40;
let held = null;

function wait(key, field) {
  if (held) {
    clearTimeout(held.timer);
    field.focus();
    field.value += held.key + key;
    held = null;
  } else {
    const timer = setTimeout(() => {
      held = null;
      press(key);
    }, SCANNER_MS);
    held = { key, timer };
  }
}

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const field = document.querySelector('[data-scans]');
  if (field && event.key.length === 1) {
    event.preventDefault();
    wait(event.key, field);
  } else if (press(event.key)) {
    event.preventDefault();
  }
});

for (const button of document.querySelectorAll('[data-opens-keys]')) {
  button.hidden = false;
  button.addEventListener('click', () => overlay()?.showModal());
}
