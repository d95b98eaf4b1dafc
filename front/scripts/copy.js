// A button with `data-copies` puts the value of the field with that id into the clipboard, and says so. Without scripts the field
// is selected and copied by hand.
for (const button of document.querySelectorAll('[data-copies]')) {
  const field = document.getElementById(button.dataset.copies);
  if (!field || !navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener('click', async () => {
    field.select();
    await navigator.clipboard.writeText(field.value);
    button.parentElement.querySelector('[data-copies-said]').textContent = button.dataset.copied;
  });
}
