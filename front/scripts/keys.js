// Keys: an element with `data-key` is pressed by that key, `?` shows them all. A key is not taken from somebody who types.
// Rows: in a list with `data-rows`, j and k (or the arrows) go from one `data-row` to the next, and Enter opens it. A key that
// stands in a row is that row's: pressed where no row is chosen, it chooses the first that has it, and does no more.
const isTyping = (target) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));

// What an element says, without the caps of keys that stand in it.
function words(element) {
  const copy = element.cloneNode(true);
  for (const cap of copy.querySelectorAll('kbd')) cap.remove();
  return copy.textContent.trim();
}

const label = (element) =>
  element.dataset.keyLabel || element.getAttribute('aria-label') || words(element);

const rows = () => [...document.querySelectorAll('[data-rows] [data-row]')];
const chosen = () => document.activeElement?.closest('[data-row]');
const isShown = (element) => !element.disabled && element.getClientRects().length > 0;

function choose(row) {
  const link = row?.querySelector('[data-row-link]');
  link?.focus();
  row?.scrollIntoView({ block: 'nearest' });
  return Boolean(link);
}

// The row after or before the one that is chosen; behind the last one comes the next page.
function step(by) {
  const all = rows();
  const at = all.indexOf(chosen());
  if (at < 0) return choose(by > 0 ? all[0] : all[all.length - 1]);
  if (choose(all[at + by])) return true;
  const next = by > 0 && document.querySelector('a[rel="next"]');
  if (next) next.click();
  return Boolean(next);
}

function pressedInRows(key) {
  if (rows().length === 0) return false;
  if (key === 'j' || key === 'ArrowDown') return step(1);
  if (key === 'k' || key === 'ArrowUp') return step(-1);
  if (key === 'Enter' && document.activeElement === document.body) {
    rows()[0].querySelector('[data-row-link]').click();
    return true;
  }
  return false;
}

function overlay() {
  const dialog = document.getElementById('keys');
  const list = dialog?.querySelector('[data-keys]');
  if (!list) return null;
  list.replaceChildren();
  const seen = new Set();
  const tell = (name, said) => {
    if (seen.has(name)) return;
    seen.add(name);
    const [key, what] = [document.createElement('dt'), document.createElement('dd')];
    const cap = document.createElement('kbd');
    cap.textContent = name;
    key.append(cap);
    what.textContent = said;
    list.append(key, what);
  };
  const said = document.querySelector('[data-rows]')?.dataset;
  if (said) {
    tell('j', said.rowsNext);
    tell('k', said.rowsPrevious);
    tell('Enter', said.rowsOpen);
  }
  for (const element of document.querySelectorAll('[data-key]')) tell(element.dataset.key, label(element));
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
  if (document.querySelector('dialog[open]')) return false;
  if (pressedInRows(key)) return true;
  const all = [...document.querySelectorAll('[data-key]')].filter((element) => element.dataset.key === key && isShown(element));
  if (all.length === 0) return false;
  const row = chosen();
  const wanted = all.find((element) => row?.contains(element)) ?? all.find((element) => !element.closest('[data-row]'));
  if (!wanted) {
    if (!row) choose(all[0].closest('[data-row]'));
  } else if (['INPUT', 'TEXTAREA', 'SELECT'].includes(wanted.tagName)) wanted.focus();
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

// A scanner may be quicker than the browser, which focuses the field only once it has drawn the page.
if (document.activeElement === document.body) document.querySelector('[data-scans]')?.focus();

document.addEventListener('keydown', (event) => {
  // Whoever writes sends without the mouse.
  if ((event.ctrlKey || event.metaKey) && event.key === 'Enter' && event.target.tagName === 'TEXTAREA') {
    event.target.form?.requestSubmit();
    return;
  }
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
  button.addEventListener('click', () => overlay()?.showModal());
}
