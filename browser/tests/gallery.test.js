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
const kinds = { css: 'text/css', svg: 'image/svg+xml', html: 'text/html; charset=utf-8', png: 'image/png' };

let browser, server, url;
before(async () => {
  assert.ok(existsSync(folder), '`cargo xtask gallery` draws the pages first');
  server = createServer((request, answer) => {
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://x').pathname));
    const file = join(folder, path);
    // Pictures that buyers sent are no part of the gallery, and the pages stand still: scripts are for the journeys.
    if (!file.startsWith(folder) || !existsSync(file) || file.endsWith('.js')) return answer.writeHead(404).end();
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

// Of a dark page only the colours are others, and of a width between the others only how much room there is.
const COLOURS = ['color-contrast', 'link-in-text-block'];
const ROOM = ['scrollable-region-focusable', 'target-size'];

// Looks at a page in every width, and at its colours in the dark.
async function faultsOf(page, name) {
  const wrong = [];
  const look = async (how, rules) => {
    for (const found of await axe(page, rules)) wrong.push(`${name} ${how}: ${found}`);
    const wide = await tooWide(page);
    if (wide > 0) wrong.push(`${name} ${how}: ${wide} pixels too wide`);
  };
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    await look(`at ${width}`, width === 768 ? ROOM : undefined);
  }
  await page.evaluate(() => document.documentElement.setAttribute('data-bs-theme', 'dark'));
  await look('in the dark', COLOURS);
  return wrong;
}

// The other languages draw the same elements in the same colours: what may go wrong is that words are too long.
async function fits(page, name) {
  const wide = await tooWide(page);
  return wide > 0 ? [`${name}: ${wide} pixels too wide`] : [];
}

test('there is a gallery to look at', () => assert.ok(pages.length > 100, `${pages.length} pages`));

test('every page is free of what axe-core finds, and fits its width', async () => {
  const waiting = pages.filter((name) => name.endsWith('.light.html'));
  const wrong = [];
  const look = async () => {
    const context = await browser.newContext({ reducedMotion: 'reduce', viewport: { width: WIDTHS[0], height: 800 } });
    const page = await context.newPage();
    for (let name = waiting.pop(); name; name = waiting.pop()) {
      await page.setViewportSize({ width: WIDTHS[0], height: 800 });
      await page.goto(`${url}/${name}`, { waitUntil: 'load' });
      wrong.push(...(await (name.includes('.en.') ? faultsOf : fits)(page, name)));
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, look));
  assert.equal(wrong.sort().join('\n'), '');
});
