// What makes the pages quicker; nothing here is needed to use them.
import './keys.js';
import './confirm.js';
import './passkeys.js';
import './pictures.js';
import './copy.js';
import './back.js';

// What was just done is said once: whoever looks at the page anew is not told it again.
const here = new URL(location.href);
if (here.searchParams.has('done')) {
  here.searchParams.delete('done');
  history.replaceState(history.state, '', here);
}

// A file field with `data-sends` is sent by the button with that id as soon as something was chosen: a phone's camera needs no
// second press.
document.addEventListener('change', (event) => {
  const button = document.getElementById(event.target.dataset?.sends);
  if (button && event.target.files.length > 0) button.click();
});
