// Pictures go one by one as they are chosen, with their progress, and what is wrong with one is said at once. Without this script
// they go along with the form.
const form = document.querySelector('form[data-pictures]');

const shown = (element, text) => {
  element.textContent = text;
  element.hidden = !text;
};

function send(slot, input) {
  const file = input.files[0];
  if (!file) return;
  const [bar, failed] = [slot.querySelector('progress'), slot.querySelector('[data-failed]')];
  const body = new FormData();
  body.append('slot', slot.dataset.slot);
  body.append('file', file);
  const request = new XMLHttpRequest();
  request.open('POST', form.dataset.pictures || '/picture');
  request.upload.addEventListener('progress', (event) => {
    if (event.lengthComputable) bar.value = (100 * event.loaded) / event.total;
  });
  const ended = (said) => {
    bar.hidden = true;
    shown(failed, said);
  };
  request.addEventListener('load', () => {
    if (request.status !== 200) return ended(failed.dataset.failed);
    slot.querySelector('[data-kept]').insertAdjacentHTML('beforeend', request.responseText);
    input.value = '';
    ended('');
    // What is chosen has changed: the answer follows.
    form.dispatchEvent(new Event('change', { bubbles: true }));
  });
  request.addEventListener('error', () => ended(failed.dataset.failed));
  request.addEventListener('abort', () => ended(failed.dataset.failed));
  // What was wrong with the file before is no longer said once another one is chosen.
  for (const part of slot.querySelectorAll('[data-kept] > :not(:has(input))')) part.remove();
  bar.value = 0;
  bar.hidden = false;
  shown(failed, '');
  request.send(body);
}

// The slots that the answer asks for are shown, and those that hold something.
function show() {
  const wanted = (document.getElementById('answer')?.dataset.slots || '').split(' ');
  let any = false;
  for (const slot of form.querySelectorAll('[data-slot]')) {
    slot.hidden = !wanted.includes(slot.dataset.slot) && !slot.querySelector('[data-kept] > *');
    any ||= !slot.hidden;
  }
  const pictures = document.getElementById('pictures');
  if (pictures) pictures.hidden = !any;
}

if (form) {
  form.addEventListener('change', (event) => {
    const slot = event.target.closest?.('[data-slot]');
    if (slot && event.target.type === 'file') {
      event.stopPropagation();
      send(slot, event.target);
    }
  });
  document.body.addEventListener('htmx:afterSettle', show);
}
