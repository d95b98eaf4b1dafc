// Every page of the gallery, light and dark, at three widths: axe-core finds nothing, and nothing scrolls sideways.
import assert from 'node:assert/strict';
import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, normalize } from 'node:path';
import { after, before, test } from 'node:test';
import { axe, launch, root } from '../lib/desk.js';

const folder = join(root, 'target/gallery');
const widths = [320, 768, 1280];
const kinds = { css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml', html: 'text/html; charset=utf-8', png: 'image/png' };
let browser, server, url;

before(async () => {
  assert.ok(existsSync(folder), '`cargo xtask gallery` draws the pages first');
  server = createServer((request, answer) => {
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://x').pathname));
    const file = join(folder, path);
    if (!file.startsWith(folder) || !existsSync(file)) return answer.writeHead(404).end();
    answer.setHeader('content-type', kinds[file.split('.').pop()] ?? 'application/octet-stream');
    createReadStream(file).pipe(answer);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${server.address().port}`;
  browser = await launch();
});
after(async () => {
  await browser?.close();
  server?.close();
});

// Each language draws the same elements, so one of them is looked at in every width, and the others in the narrowest, where words
// that are too long show.
const pages = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.html') && name !== 'index.html') : [];

test('there is a gallery to look at', () => assert.ok(pages.length > 10, `${pages.length} pages`));

test('every page is free of what axe-core finds, and fits its width', async () => {
  const page = await browser.newPage();
  const wrong = [];
  for (const name of pages) {
    const looked = name.includes('.en.') ? widths : [320];
    for (const width of looked) {
      await page.setViewportSize({ width, height: 800 });
      await page.goto(`${url}/${name}`, { waitUntil: 'load' });
      for (const found of await axe(page)) wrong.push(`${name} at ${width}: ${found}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wide > 0) wrong.push(`${name} at ${width}: ${wide} pixels too wide`);
    }
  }
  assert.deepEqual([...new Set(wrong)], []);
});
