// import.test.mjs: a gym's members come from Excel: the pages in all looks, and
// the story, with and without JavaScript
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { addCompany, makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { until } from '../stack/wait.mjs';
import { hold } from '../web/gym.mjs';
import { Browser, signIn } from './browser.mjs';
import { inLooksOf, testsOf } from './looks.mjs';

const PAGE = '/settings/import';
let stack, browser, gym, states;
const it = testsOf(() => browser);
const inAllLooks = inLooksOf(() => [browser, stack]);

before(async () => {
	browser = await Browser.start();
	if (!browser)
		return;
	stack = await Stack.start({ demo: 'morning', live: true, workers: 3 });
	makeNoon(stack);
	gym = await addCompany(stack, 'AA', { members: 2 });
	states = await addCompany(stack, 'BB', { members: 2 });
});
after(async () => {
	await browser?.stop();
	await stack?.stop();
});

const GOOD = 'Member code;Name;Mobile;Joining date;Locker\r\n' +
    'SF-008;Asha Rao;90000 00008;;12\r\n' +
    'N-1;आशा राव;98765 43210;15-04-2025;3\r\n' +
    'N-2;"Zoë ""Zo"" Müller-Lüdenscheidt von und zu Hohenstein";;1-May-25;\r\n';
const BAD = 'Member code;Name;Mobile;Joining date;Locker\r\n' +
    'N-1;आशा राव;9.87654E+09;15-04-2025;3\r\n' +
    ';Nobody;98765 43211;03-25-2025;\r\n' +
    'N-2;Zoe;####;15-04-2025;\r\n' +
    'N-1;Again;;;\r\n';

const file = (name, text) => ({ name, mimeType: 'text/csv',
    buffer: Buffer.from(text) });

// Sends a file through the form; resolves to the answer of its page.
const sends = (name, text, { kind, login } = {}) => async page => {
	await signIn(page, login ?? stack.login);
	await page.goto(PAGE);
	if (kind)
		await page.getByLabel(kind, { exact: true }).check();
	await page.getByLabel('CSV file').setInputFiles(file(name, text));
	const answer = page.waitForResponse(r => r.request().method() === 'GET' ||
	    r.status() === 422);
	await page.getByRole('button', { name: 'Check this file' }).click();
	return answer;
};

// ---- every page ------------------------------------------------------------

it('the form, before anything was sent', () => inAllLooks('import-none',
    async page => {
	await signIn(page, gym.owner);
	const answer = await page.goto(PAGE);
	for (const part of await page.locator('details').all())
		await part.evaluate(e => { e.open = true; });
	return answer;
}));

it('a file that is none', () => inAllLooks('import-refused',
    sends('members.xlsx', 'PK\x03\x04...'), [/422/]));

it('what a file would do', () => inAllLooks('import-good',
    sends('members of last year, as of today.csv', GOOD)));

it('what is wrong with a file', () => inAllLooks('import-problems',
    sends('members.csv', BAD)));

it('a file of which all is there', () => inAllLooks('import-nothing',
    sends('members.csv', 'Code;Name\r\nSF-001;\r\n')));

it('how far it is, how it ended, and the list', async () => {
	const jobs = await stack.sql(`INSERT INTO trn_imports (imp_compcode,
	    imp_kind, imp_file, imp_bytes, imp_size, imp_lines, imp_state,
	    imp_done, imp_beat_at, imp_new, imp_changed, imp_unchanged,
	    imp_created_at, imp_drop_at) VALUES
	    ('BB', 'members', 'running.csv', 'Code,Name\nx,y', 1, 20000,
	     'RUNNING', 12500, '2099-01-01', NULL, NULL, NULL, '2026-03-01',
	     '2099-01-01'),
	    ('BB', 'members', 'silent.csv', 'Code,Name\nx,y', 1, 1204, 'RUNNING',
	     100, '2026-01-01', NULL, NULL, NULL, '2026-03-01', '2099-01-01'),
	    ('BB', 'subscriptions', 'refused.csv', 'Code,Plan,Start\nx,Gold,1', 1,
	     1, 'FAILED', 0, NULL, NULL, NULL, NULL, '2026-03-01', '2099-01-01'),
	    ('BB', 'members', 'trouble.csv', 'Code,Name\nx,y', 1, 1, 'TROUBLE',
	     0, NULL, NULL, NULL, NULL, '2026-03-01', '2099-01-01'),
	    ('BB', 'mappings', 'done.csv', NULL, 1, 1210, 'DONE', 1210, NULL,
	     1204, 2, 4, '2026-03-01', NULL),
	    ('BB', 'members', 'dropped.csv', NULL, 1, 17, 'DROPPED', 0, NULL,
	     NULL, NULL, NULL, '2026-03-01', NULL);
	    SELECT id, imp_file AS file FROM trn_imports WHERE imp_compcode = 'BB'
	    ORDER BY id`);
	// the others differ by a sentence
	for (const job of jobs.filter(j => /running|refused|done/.test(j.file)))
		await inAllLooks(`import-${job.file.split('.')[0]}`, async page => {
			await signIn(page, states.owner);
			return page.goto(`${PAGE}/${job.id}`);
		});
	await inAllLooks('import-list', async page => {
		await signIn(page, states.owner);
		return page.goto(PAGE);
	});
});

// ---- the story -------------------------------------------------------------

const rows = (word, n) => 'Code,Name\r\n' + Array.from({ length: n }, (_, i) =>
    `${word}-${i},Member ${word} ${i}\r\n`).join('');

for (const javaScriptEnabled of [true, false])
	it(`from an empty list to the members, ${javaScriptEnabled ? 'with' :
	    'without'} JavaScript`, async () => {
		const word = javaScriptEnabled ? 'JS' : 'NO';
		const page = await browser.page(stack, { path: '/login',
		    context: { javaScriptEnabled } });
		await signIn(page, gym.owner);
		await page.goto('/settings');
		await page.getByRole('link', { name: 'Import' }).click();
		await page.getByLabel('Members', { exact: true }).check();
		await page.getByLabel('CSV file').setInputFiles(file('old.csv',
		    rows(word, 1204).replace(`Member ${word} 7\r`, '####\r')));
		await page.getByRole('button', { name: 'Check this file' }).click();
		await page.getByText('The column was too narrow').waitFor();
		assert.equal(await page.getByRole('button', { name: /^Import/ })
		    .count(), 0);

		await page.getByRole('link', { name: 'send it again' }).click();
		await page.getByLabel('CSV file').setInputFiles(file('new.csv',
		    rows(word, 1204)));
		await page.getByRole('button', { name: 'Check this file' }).click();
		// what the last of it needs is held: the bar stands for a while
		const lock = await hold(stack, `SELECT id FROM mst_branches WHERE
		    brn_compcode = 'AA'`);
		await page.getByRole('button', { name: 'Import 1,204 members' })
		    .click();
		await page.getByText('It is being imported').waitFor();
		const bar = page.getByRole('progressbar', { name: 'Rows imported' });
		await until('the bar to move', async () => {
			const at = await bar.getAttribute('value');
			return Number(at) > 0;
		}, 15000);
		assert.equal(await bar.getAttribute('max'), '1204');
		await lock.release();
		await page.getByText('All of it is in').waitFor({ timeout: 20000 });
		await page.getByRole('link', { name: 'Members' }).last().click();
		await page.getByLabel('Name, code or phone').fill(`${word}-0`);
		await page.getByRole('button', { name: 'Show' }).click();
		await page.getByText(`Member ${word} 0`, { exact: true }).waitFor();
		await page.context().close();
		browser.check();
	});
