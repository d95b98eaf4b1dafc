// What makes the pages quicker; nothing here is needed to use them.
import './keys.js';
import './confirm.js';
import './passkeys.js';
import './pictures.js';
import './copy.js';

// What was just done is said once: whoever looks at the page anew is not told it again.
const here = new URL(location.href);
if (here.searchParams.has('done')) {
  here.searchParams.delete('done');
  history.replaceState(history.state, '', here);
}
