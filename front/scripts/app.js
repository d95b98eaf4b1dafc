// What makes the pages quicker; nothing here is needed to use them.
import './keys.js';
import './confirm.js';
import './passkeys.js';
import './pictures.js';
import './copy.js';
