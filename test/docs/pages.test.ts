// The pages hold together: links lead somewhere, the changelog speaks of this version.

import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import project from '../../package.json' with { type: 'json' };
import { anchorsOf, PAGES, pageOf, ROOT, withoutCode } from './pages.ts';

const firstVersion = (file: string): string | undefined =>
  /^## (\d+\.\d+\.\d+)/m.exec(pageOf(file).text)?.[1];

describe('Pages', () => {
  it.each(PAGES)('$file leads nowhere that is not there', ({ file, text }) => {
    const links = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, to = '']) => to);
    const dead = links.filter((link) => {
      if (/^https?:/.test(link)) return false;
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? file : normalize(join(dirname(file), path));
      if (!existsSync(join(ROOT, target))) return true;
      return anchor !== undefined && !anchorsOf(pageOf(target)).has(anchor);
    });
    expect(dead).toEqual([]);
  });

  it.each(PAGES.filter(({ file }) => file !== 'README.md'))('$file is found from the README', ({ file }) => {
    expect(reachable().has(file)).toBe(true);
  });
});

/** Every page that links lead to from the README. */
function reachable(): ReadonlySet<string> {
  const found = new Set(['README.md']);
  for (const file of found) {
    for (const [, link = ''] of pageOf(file).text.matchAll(/\]\(([^)\s#]+\.md)[^)]*\)/g)) {
      const target = normalize(join(dirname(file), link));
      if (PAGES.some((page) => page.file === target)) found.add(target);
    }
  }
  return found;
}

describe('The version', () => {
  it('has the top entry of the changelog, and an entry in UPGRADING.md', () => {
    expect(firstVersion('CHANGELOG.md')).toBe(project.version);
    expect(pageOf('UPGRADING.md').text).toContain(`\n## ${project.version}\n`);
  });
});
