// A link with `data-back` leads to the list with that name as it was seen last in this tab, with its filter and its page. Without
// scripts it leads to the list from its beginning.
const list = document.querySelector('[data-list]');
if (list) sessionStorage.setItem(list.dataset.list, location.pathname + location.search);
for (const link of document.querySelectorAll('[data-back]')) {
  const seen = sessionStorage.getItem(link.dataset.back);
  if (seen) link.setAttribute('href', seen);
}
