// looks.mjs: what holds for every page, wide and narrow, light and dark
//
// For each: axe finds nothing, html-validate finds nothing, the console says
// nothing (so the content security policy refused nothing), nothing scrolls
// sideways.  SHOTS=FOLDER keeps a picture of each, to look at.
//
//	let stack, browser;
//	const it = testsOf(() => browser);
//	const inAllLooks = inLooksOf(() => [browser, stack]);
//	it('the front door', () => inAllLooks('door', page => page.goto('/')));
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { HtmlValidate, StaticConfigLoader } from 'html-validate';

const LOOKS = [1280, 360].flatMap(width => ['light', 'dark'].map(scheme =>
    ({ name: `${width}-${scheme}`, width, scheme })));
// A screen on a wall, beside these.
export const WALL = ['light', 'dark'].map(scheme => ({ name: `1920-${scheme}`,
    width: 1920, height: 1080, scheme }));
const shots = process.env.SHOTS;
const validator = new HtmlValidate(new StaticConfigLoader({
	extends: ['html-validate:recommended'],
	// a page that waits is fetched again only where no script looks for it
	rules: { 'meta-refresh': 'off' },
}));

// Tests that are skipped, aloud, where `browser` gives none.
export const testsOf = browser => (name, body) => test(name, async t => {
	if (!browser())
		return t.skip('no chromium here');
	await body(t);
});

export async function isSound(page, name) {
	const said = (await new AxeBuilder({ page }).setLegacyMode().analyze())
	    .violations.map(v => `${v.id}: ${v.help}: ${
	    v.nodes.map(node => node.html).join('; ')}`);
	assert.deepEqual(said, [], name);
	const width = await page.evaluate(() =>
	    [document.documentElement.scrollWidth, innerWidth]);
	assert.ok(width[0] <= width[1], `${name}: ${width[0]} px wide`);
}

export async function isValid(html, name) {
	const report = await validator.validateString(html, name);
	assert.deepEqual(report.results.flatMap(r => r.messages).map(m =>
	    `${name}:${m.line}: ${m.ruleId}: ${m.message}`), []);
}

// Judges a page in all looks; `open` brings a new one to where it is to be
// judged, and resolves to the answer that it came with.  `expected`: what the
// console may say; `more`: looks beside the usual ones.  `of` gives browser and
// stack.
export const inLooksOf = of => async (name, open, expected = [], more = []) => {
	const [browser, stack] = of();
	const page = await browser.page(stack, { path: '/login',
	    context: { reducedMotion: 'reduce' } });
	const answer = await open(page);
	await isValid(await answer.text(), name);
	if (shots)
		fs.mkdirSync(shots, { recursive: true });
	for (const look of [...LOOKS, ...more]) {
		await page.setViewportSize({ width: look.width,
		    height: look.height ?? 800 });
		await page.emulateMedia({ colorScheme: look.scheme });
		await isSound(page, `${name}, ${look.name}`);
		if (shots)
			await page.screenshot({ fullPage: true,
			    path: `${shots}/${name}-${look.name}.png` });
	}
	await page.context().close();
	browser.check(...expected);
};
