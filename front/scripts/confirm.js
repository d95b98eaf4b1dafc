// A form with `data-confirm` asks once more. Without scripts the server's own confirmation page does.
document.addEventListener('submit', (event) => {
  const asked = event.submitter?.dataset.confirm || event.target.dataset.confirm;
  if (asked && !window.confirm(asked)) event.preventDefault();
});
// A form that was sent is not sent twice by an impatient finger; the server would not act twice either.
document.addEventListener('submit', (event) => {
  if (event.defaultPrevented) return;
  const button = event.submitter;
  if (button && !button.dataset.again) queueMicrotask(() => button.setAttribute('aria-disabled', 'true'));
});
window.addEventListener('pageshow', () => {
  for (const button of document.querySelectorAll('[aria-disabled="true"]')) button.removeAttribute('aria-disabled');
});
