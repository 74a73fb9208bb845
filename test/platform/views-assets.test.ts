import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { VIEWS } from './views-render.ts';

const ASSETS = join(VIEWS, 'assets');
const css = readFileSync(join(ASSETS, 'xinzhi.css'), 'utf8');

type Colours = Record<string, string>;

function coloursIn(block: string): Colours {
  return Object.fromEntries([...block.matchAll(/--xz-([a-z-]+): (#[0-9a-f]{3,6});/g)].map(([, name = '', value = '']) => [name, value]));
}

/** Relative luminance of #rgb or #rrggbb: WCAG 2. */
function luminance(hex: string): number {
  const full = hex.length === 4 ? hex.slice(1).replace(/./g, '$&$&') : hex.slice(1);
  const [r = 0, g = 0, b = 0] = [0, 2, 4].map((i) => {
    const v = Number.parseInt(full.slice(i, i + 2), 16) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

const [lightBlock = '', darkBlock = ''] = css.split('@media (prefers-color-scheme: dark)');
const light = coloursIn(lightBlock);
const dark = { ...light, ...coloursIn(darkBlock.slice(0, darkBlock.indexOf('\n}\n'))) };

/** Text colour, and what it stands on. */
const TEXT: readonly (readonly [string, readonly string[]])[] = [
  ['ink', ['ground', 'side', 'raised', 'blue-tint', 'late-tint', 'soon-tint', 'done-tint', 'mark']],
  ['quiet', ['ground', 'side', 'raised', 'blue-tint', 'soon-tint']],
  ['blue', ['ground', 'side', 'raised', 'blue-tint', 'late-tint', 'soon-tint', 'done-tint']],
  ['blue-deep', ['ground', 'blue-tint']],
  ['late', ['ground', 'side', 'late-tint']],
  ['soon', ['ground', 'side', 'soon-tint', 'raised']],
  ['done', ['ground', 'side', 'done-tint']],
];

describe('the colours', () => {
  for (const [mode, colours] of [['light', light], ['dark', dark]] as const) {
    it(`have at least 4.5 for every text on every ground it stands on (${mode})`, () => {
      for (const [text, grounds] of TEXT) {
        for (const ground of grounds) expect(contrast(colours[text] ?? '', colours[ground] ?? ''), `${text} on ${ground}`).to.be.at.least(4.5);
      }
    });

    it(`have at least 4.5 for white on buttons, pressed or not (${mode})`, () => {
      for (const button of ['button', 'button-deep', 'danger', 'danger-deep']) expect(contrast('#fff', colours[button] ?? ''), button).to.be.at.least(4.5);
    });

    it(`have at least 3 for the edges of fields and the focus ring (${mode})`, () => {
      for (const edge of ['edge', 'focus']) for (const ground of ['ground', 'side', 'raised']) expect(contrast(colours[edge] ?? '', colours[ground] ?? ''), `${edge} on ${ground}`).to.be.at.least(3);
    });
  }

  it('take a blue that is neither Bootstrap\'s nor the base style sheet\'s', () => {
    expect(['#0d6efd', '#066fd1', '#206bc4']).not.to.include(light['blue']);
  });
});

describe('the client script', () => {
  it('stays below 9 kB', () => {
    expect(statSync(join(ASSETS, 'xinzhi.js')).size).to.be.below(9 * 1024);
  });

  it('holds no words: they come with the page, in its language', () => {
    expect(readFileSync(join(ASSETS, 'xinzhi.js'), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '')).not.to.match(/\p{Script=Han}/u);
  });
});

describe('the style sheets', () => {
  it('are all loaded by the head', () => {
    const head = readFileSync(join(VIEWS, 'layouts', 'head.ejs'), 'utf8');
    for (const file of readdirSync(ASSETS).filter((f) => f.endsWith('.css'))) expect(head).to.match(new RegExp(`'${file.slice(0, -4)}'|/${file}`));
  });

  it('fetch nothing from elsewhere', () => {
    for (const file of readdirSync(ASSETS).filter((f) => f.endsWith('.css'))) expect(readFileSync(join(ASSETS, file), 'utf8')).not.to.match(/@import|url\((?!["']?data:)/);
  });
});
