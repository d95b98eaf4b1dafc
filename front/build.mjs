// Builds what the binary embeds: `npm ci && npm run build` writes dist/, which is kept in the repository so that building the
// binary needs no Node. `npm run build -- --check` says whether dist/ is what the sources make.
import { mkdirSync, readFileSync, writeFileSync, existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { transform } from 'lightningcss';
import { PurgeCSS } from 'purgecss';

const here = dirname(fileURLToPath(import.meta.url));
const at = (...parts) => join(here, ...parts);

// The look: Tabler, without the parts that no page uses, and our own tokens and rules on top.
async function styles() {
  const tabler = readFileSync(at('node_modules/@tabler/core/dist/css/tabler.min.css'), 'utf8');
  const used = await new PurgeCSS().purge({
    content: [at('../crates/*/templates/**/*.html'), at('../crates/web/src/**/*.rs'), at('scripts/*.js')],
    css: [{ raw: tabler }],
    variables: false,
    safelist: { standard: ['dark', 'light'], greedy: [/data-bs-theme/, /aria-/, /is-invalid/, /invalid-feedback/] },
  });
  const own = readFileSync(at('styles/backhaul.css'), 'utf8');
  const { code } = transform({
    filename: 'app.css',
    code: Buffer.from(`${used[0].css}\n${own}`),
    minify: true,
  });
  return code;
}

async function script(name) {
  const made = await build({
    entryPoints: [at('scripts', name)],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    write: false,
    legalComments: 'none',
  });
  return Buffer.from(made.outputFiles[0].contents);
}

const made = {
  'app.css': Buffer.from(await styles()),
  'app.js': await script('app.js'),
  'theme.js': await script('theme.js'),
  'htmx.js': readFileSync(at('node_modules/htmx.org/dist/htmx.min.js')),
  'logo.svg': readFileSync(at('logo.svg')),
};

const isCheck = process.argv.includes('--check');
mkdirSync(at('dist'), { recursive: true });
for (const [name, bytes] of Object.entries(made)) {
  const path = at('dist', name);
  const isSame = existsSync(path) && readFileSync(path).equals(bytes);
  if (isCheck && !isSame) {
    console.error(`front/dist/${name} is not what the sources make: run \`npm ci && npm run build\` in front/`);
    process.exitCode = 1;
  }
  if (!isCheck) writeFileSync(path, bytes);
  console.log(`${name}: ${bytes.length} bytes`);
}
