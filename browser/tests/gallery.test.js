// Every page of the gallery, light and dark, at three widths: axe-core finds nothing, and nothing scrolls sideways.
import assert from 'node:assert/strict';
import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, normalize } from 'node:path';
import { after, before, test } from 'node:test';
import { axe, launch, root, stopAll, tooWide } from '../lib/desk.js';

const folder = join(root, 'target/gallery');
const WIDTHS = [320, 768, 1280];
// As many pages as the machine has cores for.
const SIDE_BY_SIDE = 2;
const kinds = { css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml', html: 'text/html; charset=utf-8', png: 'image/png' };

let browser, server, url;
before(async () => {
  assert.ok(existsSync(folder), '`cargo xtask gallery` draws the pages first');
  server = createServer((request, answer) => {
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://x').pathname));
    const file = join(folder, path);
    // Pictures that buyers sent are no part of the gallery.
    if (!file.startsWith(folder) || !existsSync(file)) return answer.writeHead(404).end();
    answer.setHeader('content-type', kinds[file.split('.').pop()] ?? 'application/octet-stream');
    answer.setHeader('cache-control', 'max-age=600');
    createReadStream(file).pipe(answer);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${server.address().port}`;
  browser = await launch();
});
after(async () => {
  await stopAll();
  server?.close();
});

const pages = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.html') && name !== 'index.html') : [];

// Of the dark pages only the colours are others.
const COLOURS = ['color-contrast', 'link-in-text-block'];
// Of the other languages only the words are others, and how much room they take.
const WORDS = [
  'button-name',
  'document-title',
  'label',
  'landmark-unique',
  'link-name',
  'scrollable-region-focusable',
  'target-size',
  'valid-lang',
];

// In which widths a page is looked at. Each language draws the same elements in the same colours, so English is looked at in every
// width, and the others in the narrowest, where words that are too long show.
function looks(name) {
  if (name.includes('.en.')) return WIDTHS;
  return name.endsWith('.light.html') ? [320] : [];
}

function rules(name) {
  if (!name.includes('.en.')) return WORDS;
  return name.endsWith('.dark.html') ? COLOURS : undefined;
}

async function faultsOf(page, name) {
  const wrong = [];
  await page.setViewportSize({ width: looks(name)[0], height: 800 });
  await page.goto(`${url}/${name}`, { waitUntil: 'load' });
  for (const width of looks(name)) {
    await page.setViewportSize({ width, height: 800 });
    for (const found of await axe(page, rules(name))) wrong.push(`${name} at ${width}: ${found}`);
    const wide = await tooWide(page);
    if (wide > 0) wrong.push(`${name} at ${width}: ${wide} pixels too wide`);
  }
  return wrong;
}

test('there is a gallery to look at', () => assert.ok(pages.length > 100, `${pages.length} pages`));

test('every page is free of what axe-core finds, and fits its width', async () => {
  const waiting = pages.filter((name) => looks(name).length > 0);
  const wrong = [];
  const look = async () => {
    const page = await browser.newPage();
    for (let name = waiting.pop(); name; name = waiting.pop()) wrong.push(...(await faultsOf(page, name)));
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, look));
  assert.equal(wrong.sort().join('\n'), '');
});
