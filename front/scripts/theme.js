// Runs before the page is drawn: the theme that was chosen, else the one that the system asks for.
const root = document.documentElement;
// What needs scripts is drawn from the first moment on where there are scripts, so that nothing moves when they come.
root.dataset.scripts = 'yes';
if (root.dataset.theme === 'system') {
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  const set = () => root.setAttribute('data-bs-theme', dark.matches ? 'dark' : 'light');
  set();
  dark.addEventListener('change', set);
}
// Says nothing on every page: the reader's own time zone, for dates that the server writes.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.includes(`bh_zone=${zone}`)) {
  document.cookie = `bh_zone=${zone}; path=/; max-age=31536000; samesite=lax`;
}
